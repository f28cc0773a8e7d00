use axum::body::Body;
use axum::http::{Request, StatusCode};

use crate::service::{Answer, Service};

async fn get(service: &Service, path: &str) -> Answer {
    service.stranger().send(Request::get(path).body(Body::empty()).unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_reads_its_log_is_ready() {
    let service = Service::start().await;
    service.session(true).await;
    let _views_follow = service.chair().get("/sessions").await;
    for path in ["/health", "/health/ready", "/api/v1/health", "/api/v1/health/ready"] {
        let health = get(&service, path).await.json();
        assert_eq!(health["log"]["head"], 3, "{path}");
        assert_eq!(health["projections"].as_array().unwrap().len(), 9, "{path}");
    }
    assert_eq!(get(&service, "/health/live").await.expect(StatusCode::OK).json()["status"], "ok");
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_given_in_the_text_format_of_prometheus() {
    let service = Service::start().await;
    let metrics = get(&service, "/metrics").await.expect(StatusCode::OK);
    assert!(metrics.header("content-type").starts_with("text/plain; version=0.0.4"));
    assert_eq!(metrics.text(), "acta_metrics 1\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_stops_is_not_ready() {
    let service = Service::start().await;
    service.shutdown.cancel();
    get(&service, "/health/ready").await.expect(StatusCode::SERVICE_UNAVAILABLE);
    get(&service, "/api/v1/health/live").await.expect(StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reference_pages_are_served_without_the_network() {
    let service = Service::start().await;
    assert_eq!(get(&service, "/").await.header("location"), "/docs/");
    assert!(get(&service, "/docs/").await.expect(StatusCode::OK).text().contains("swagger-ui"));
    get(&service, "/docs/swagger-ui-bundle.js").await.expect(StatusCode::OK);
    assert_eq!(get(&service, "/api-docs/openapi.json").await.json(), acta_http::openapi_document());
}

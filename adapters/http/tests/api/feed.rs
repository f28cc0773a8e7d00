use acta_application::access::Role;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use futures::StreamExt as _;

use crate::service::{Service, person};

#[tokio::test(flavor = "multi_thread")]
async fn the_feed_gives_every_event_once_and_in_order() {
    let service = Service::start().await;
    service.session_with(&[person(1)]).await;
    let auditor = service.client(Role::Auditor, person(7));
    let first = auditor.get("/events?limit=2").await.expect(StatusCode::OK).json();
    assert_eq!((first["reached"].as_u64(), first["head"].as_u64()), (Some(2), Some(4)));
    let rest = auditor.get("/events?after=3").await.json();
    let event = &rest["events"][0];
    assert_eq!(
        (event["position"].as_u64(), event["type"].as_str()),
        (Some(4), Some("attendance.validated.v1"))
    );
    assert_eq!(event["payload"]["person_id"], person(1).to_string());
    assert_eq!(event["metadata"]["actor"], format!("person:{}", person(98)));
    assert!(event["sealed"]["ciphertext"].is_string());
    assert_eq!(event["commitment"].as_str().unwrap().len(), 64);
    service.chair().get("/events").await.is_problem(403, "permission-needed");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_live_feed_goes_on_where_a_client_left_and_ends_with_the_service() {
    let service = Service::start().await;
    let id = service.session(true).await;
    let auditor = service.client(Role::Auditor, person(7));
    let request =
        Request::get("/api/v1/events").header("accept", "text/event-stream").header("last-event-id", "2");
    let response = auditor.open(request.body(Body::empty()).unwrap()).await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut frames = response.into_body().into_data_stream();
    let frame = String::from_utf8(frames.next().await.unwrap().unwrap().to_vec()).unwrap();
    assert!(frame.starts_with("id: 3\nevent: session.started.v1\ndata: {"), "{frame}");
    service
        .chair()
        .post(&format!("/sessions/{id}/end"), serde_json::Value::Null)
        .await
        .expect(StatusCode::OK);
    let frame = String::from_utf8(frames.next().await.unwrap().unwrap().to_vec()).unwrap();
    assert!(frame.starts_with("id: 4\n"), "{frame}");
    service.shutdown.cancel();
    assert!(frames.next().await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_feed_cannot_go_on_behind_nothing() {
    let service = Service::start().await;
    let auditor = service.client(Role::Auditor, person(7));
    let headers = [("accept", "text/event-stream"), ("last-event-id", "x")];
    auditor.get_with("/events", &headers).await.is_problem(400, "invalid-parameter");
}

//! The routes, and what surrounds all of them.

use std::sync::Arc;
use std::time::Duration;

use acta_application::clock::time_ordered_id;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, COOKIE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::request_id::{MakeRequestId, PropagateRequestIdLayer, RequestId, SetRequestIdLayer};
use tower_http::sensitive_headers::SetSensitiveRequestHeadersLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_swagger_ui::SwaggerUi;

use crate::access::answer_headers;
use crate::problem::{Problem, ProblemKind, no_such_method, no_such_path, panicked};
use crate::state::{App, HttpState};
use crate::traced::traced;
use crate::{
    attendance, evidence, feed, floor, governance, health, issuer, metrics, openapi, persons, presence,
    retention, sessions, transcript, well_known,
};

/// The largest body that is read.
pub(crate) const MAX_BODY: usize = 256 * 1024;
/// How long an answer may take to begin.
const TIMEOUT: Duration = Duration::from_secs(30);
const DPOP: HeaderName = HeaderName::from_static("dpop");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The whole API over `state`.
pub fn router(state: HttpState) -> Router {
    let state: App = Arc::new(state);
    let ids = RequestIds(Arc::clone(&state));
    let (routes, document) = api().split_for_parts();
    let document = openapi::complete(document);
    let root_health = health::routes().split_for_parts().0;
    let routes = routes
        .merge(root_health)
        .route("/", get(|| async { Redirect::temporary("/docs/") }))
        .with_state(state)
        .merge(SwaggerUi::new("/docs").external_url_unchecked("/api-docs/openapi.json", document))
        .fallback(no_such_path)
        .method_not_allowed_fallback(no_such_method);
    surrounded(routes, ids)
}

/// The routes with their descriptions.
fn api() -> OpenApiRouter<App> {
    let versioned = OpenApiRouter::new()
        .merge(sessions::routes())
        .merge(governance::routes())
        .merge(retention::routes())
        .merge(attendance::routes())
        .merge(presence::routes())
        .merge(floor::routes())
        .merge(transcript::routes())
        .merge(persons::routes())
        .merge(evidence::routes())
        .merge(feed::routes())
        .merge(health::routes());
    OpenApiRouter::with_openapi(openapi::head())
        .nest("/api/v1", versioned)
        .merge(issuer::routes())
        .merge(well_known::routes())
        .merge(metrics::routes())
}

/// The description of the API, as generated.
pub(crate) fn document() -> OpenApi {
    api().into_openapi()
}

/// What surrounds every route.
fn surrounded(routes: Router, ids: RequestIds) -> Router {
    let spans = from_fn_with_state(Arc::clone(&ids.0), traced);
    let layers = ServiceBuilder::new()
        .layer(SetRequestIdLayer::new(REQUEST_ID, ids))
        .layer(SetSensitiveRequestHeadersLayer::new([AUTHORIZATION, COOKIE, DPOP]))
        .layer(spans)
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(SetResponseHeaderLayer::overriding(
            X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        .layer(SetResponseHeaderLayer::if_not_present(CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .layer(CompressionLayer::new())
        .layer(from_fn(answer_headers))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(in_time))
        .layer(DefaultBodyLimit::max(MAX_BODY));
    routes.layer(layers)
}

/// Ends a request that takes too long. What streams afterwards takes its time.
async fn in_time(request: Request, next: Next) -> Response {
    let reads = request.method().is_safe();
    match tokio::time::timeout(TIMEOUT, next.run(request)).await {
        Ok(response) => response,
        Err(_) if reads => {
            Problem::new(ProblemKind::TimedOut, "the answer took longer than 30 seconds").into_response()
        }
        // What was under way goes on: it may be recorded or not.
        Err(_) => Problem::new(ProblemKind::OutcomeUnknown, "the answer took longer than 30 seconds")
            .into_response(),
    }
}

/// Names requests that come without a name.
#[derive(Clone)]
struct RequestIds(App);

impl MakeRequestId for RequestIds {
    fn make_request_id<B>(&mut self, _: &axum::http::Request<B>) -> Option<RequestId> {
        let id = time_ordered_id(self.0.clock.now(), &*self.0.randomness);
        HeaderValue::try_from(id.to_string()).ok().map(RequestId::new)
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::StatusCode;
    use tower::ServiceExt as _;

    use super::*;

    async fn answer(routes: Router) -> Response {
        let layers = ServiceBuilder::new().layer(CatchPanicLayer::custom(panicked)).layer(from_fn(in_time));
        routes.layer(layers).oneshot(Request::get("/").body(Body::empty()).unwrap()).await.unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_does_not_come_is_a_problem() {
        let response = answer(Router::new().route("/", get(std::future::pending::<()>))).await;
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.headers()["retry-after"], "1");
    }

    #[tokio::test]
    async fn a_panic_is_a_problem() {
        async fn broken() {
            panic!("on purpose");
        }
        let response = answer(Router::new().route("/", get(broken))).await;
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(response.headers()["content-type"], "application/problem+json");
    }
}

//! The metrics, for Prometheus and whatever reads its format.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::App;

/// The text format that every scraper reads.
const TEXT_FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_metrics))
}

/// What the service counts, in the text format of Prometheus. It names no session or person, and of tenants their ids where sessions
/// are counted: at most 1,000 of them, then `other`.
#[utoipa::path(get, path = "/metrics", tag = "health", operation_id = "get_metrics", responses(
    (status = 200, description = "The metrics.", body = String, content_type = "text/plain"),
))]
async fn get_metrics(State(app): State<App>) -> impl IntoResponse {
    ([(CONTENT_TYPE, TEXT_FORMAT)], (app.metrics)())
}

//! `GET /v2/.well-known/jwks.json`.

use axum::Json;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::state::Issuing;
use crate::problem::Problem;

/// The keys that access tokens are verified with (RFC 7517 §5).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TokenKeySet)]
struct TokenKeys {
    /// The keys.
    #[schema(value_type = Vec<Object>)]
    keys: Vec<Value>,
}

/// The keys that access tokens are verified with: those that sign, and those that did.
#[utoipa::path(get, path = "/v2/.well-known/jwks.json", tag = "keys", operation_id = "get_token_keys", responses(
    (status = 200, description = "The keys.", body = TokenKeys),
))]
pub(super) async fn get_token_keys(issuing: Issuing) -> Result<Response, Problem> {
    let keys = Json(issuing.issuer().published_keys());
    Ok(([(CACHE_CONTROL, "public, max-age=300")], keys).into_response())
}

//! `POST /v2/logout`.

use acta_application::issuer::IssuerError;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::cookie;
use super::refresh::{RefreshBody, cookie_of};
use super::state::Issuing;
use crate::extract::Command;
use crate::problem::Problem;

/// Sign out: the refresh token is not good any more. An access token goes on being good until it expires.
#[utoipa::path(
    post, path = "/v2/logout", tag = "tokens", operation_id = "logout", request_body = Option<RefreshBody>,
    responses((status = 204, description = "Signed out, or not signed in.")),
)]
pub(super) async fn logout(
    issuing: Issuing,
    headers: HeaderMap,
    command: Command<RefreshBody>,
) -> Result<Response, Problem> {
    if let Some(token) = command.body.token(cookie_of(&headers)) {
        match issuing.issuer().logout(&token).await {
            Ok(()) | Err(IssuerError::RefreshRefused) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let cookie = cookie::forget(issuing.0.is_secure());
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, cookie)]).into_response())
}

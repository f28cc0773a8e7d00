//! `POST /oauth/token` (RFC 6749 §4.4).

mod error;
mod form;

use acta_application::issuer::ClientTokenRequest;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde::Serialize;
use utoipa::ToSchema;

use super::address::Address;
use super::proof::HeldKey;
use super::state::Issuing;
use super::tokens::token_type;
use crate::problem::Problem;
use crate::state::App;
use error::{TokenError, TokenProblem};
use form::{TokenForm, read};

/// A token for a service (RFC 6749 §5.1).
#[derive(Serialize, ToSchema)]
pub(crate) struct ServiceToken {
    /// What to send as `Authorization`, behind its type.
    access_token: String,
    /// How to send it: `DPoP` if it is bound to a key, else `Bearer`.
    #[schema(value_type = String, pattern = "^(DPoP|Bearer)$")]
    token_type: &'static str,
    /// For how many seconds it is good.
    #[schema(minimum = 1)]
    expires_in: u64,
    /// What it permits.
    scope: String,
}

/// Get a token for a service, by its client credentials; with a proof of possession in the header `DPoP`, it is bound to its key.
#[utoipa::path(
    post, path = "/oauth/token", tag = "tokens", operation_id = "issue_token",
    request_body(content = TokenForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The token.", body = ServiceToken),
        (status = 400, description = "The request is not one, or asks for what cannot be had.", body = TokenError),
        (status = 401, description = "The client or its secret is not right.", body = TokenError),
        (status = 429, description = "It was tried too often.", body = TokenError),
        (status = 500, description = "The service failed.", body = TokenError),
        (status = 503, description = "Something that the service needs does not answer.", body = TokenError),
    ),
)]
pub(super) async fn issue_token(
    State(app): State<App>,
    issuing: Issuing,
    Address(address): Address,
    parts: Parts,
    body: Bytes,
) -> Result<Response, Problem> {
    let given = async {
        let form = read(&parts.headers, &body)?;
        let held = HeldKey::of(&parts, &app).await?;
        let form::Credentials { client_id, secret } = form.credentials;
        let request = ClientTokenRequest { client_id, secret, scope: form.scope, key: held.key, address };
        let token = issuing.issuer().client_token(request).await?;
        let answer = ServiceToken {
            access_token: token.access_token.text.to_string(),
            token_type: token_type(&token.access_token),
            expires_in: token.access_token.expires_in.as_secs(),
            scope: token.scope.iter().map(|one| one.as_str()).collect::<Vec<_>>().join(" "),
        };
        let no_store = [(CACHE_CONTROL, HeaderValue::from_static("no-store"))];
        Ok::<_, TokenProblem>((held.headers(), no_store, Json(answer)).into_response())
    };
    Ok(given.await.unwrap_or_else(TokenProblem::into_response))
}

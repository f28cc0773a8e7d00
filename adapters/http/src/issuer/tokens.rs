//! Tokens, as the API gives them.

use acta_application::issuer::{AccessToken, Tokens};
use axum::Json;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, SET_COOKIE};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::cookie;
use super::proof::HeldKey;
use super::state::IssuerState;

/// An access token; the refresh token that belongs to it is in the cookie `acta_refresh`.
#[derive(Serialize, ToSchema)]
#[schema(as = AccessToken)]
pub(crate) struct AccessTokenAnswer {
    /// What to send as `Authorization`, behind its type.
    access_token: String,
    /// How to send it: `DPoP` if it is bound to a key, else `Bearer`.
    #[schema(value_type = String, pattern = "^(DPoP|Bearer)$")]
    token_type: &'static str,
    /// For how many seconds it is good.
    #[schema(minimum = 1)]
    expires_in: u64,
}

impl From<&AccessToken> for AccessTokenAnswer {
    fn from(token: &AccessToken) -> Self {
        Self {
            access_token: token.text.to_string(),
            token_type: token_type(token),
            expires_in: token.expires_in.as_secs(),
        }
    }
}

/// How `token` is sent.
pub(super) fn token_type(token: &AccessToken) -> &'static str {
    if token.is_bound { "DPoP" } else { "Bearer" }
}

/// The answer that gives `tokens`.
pub(super) fn given(tokens: &Tokens, state: &IssuerState, held: &HeldKey) -> Response {
    let cookie = cookie::keep(&tokens.refresh_token, tokens.refresh_expires_in, state.is_secure());
    let no_store = HeaderValue::from_static("no-store");
    let headers = [(SET_COOKIE, cookie), (CACHE_CONTROL, no_store)];
    (held.headers(), headers, Json(AccessTokenAnswer::from(&tokens.access_token))).into_response()
}

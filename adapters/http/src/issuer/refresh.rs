//! `POST /v2/refresh`.

use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::cookie;
use super::login::Secret;
use super::proof::HeldKey;
use super::state::Issuing;
use super::tokens::{self, AccessTokenAnswer};
use crate::extract::{Body, Command, given};
use crate::problem::{Problem, ProblemKind};

/// The refresh token, from those who do not keep it in a cookie.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct RefreshBody {
    /// The refresh token; without one, the cookie `acta_refresh` is taken.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    refresh_token: Option<Secret>,
}

impl Body for RefreshBody {
    fn when_empty() -> Option<Self> {
        Some(Self::default())
    }
}

impl RefreshBody {
    /// The refresh token: of the body, else of the cookie that came with it.
    pub(super) fn token(self, cookie: Option<Zeroizing<String>>) -> Option<Zeroizing<String>> {
        self.refresh_token.map(Secret::text).or(cookie)
    }
}

/// The refresh token that a request brings as a cookie.
pub(super) fn cookie_of(headers: &HeaderMap) -> Option<Zeroizing<String>> {
    cookie::token(headers)
}

/// Get other tokens for a refresh token, which is good once: shown again, it ends the sign-in.
///
/// One that is bound to a key needs a proof of possession in the header `DPoP`.
#[utoipa::path(
    post, path = "/v2/refresh", tag = "tokens", operation_id = "refresh", request_body = Option<RefreshBody>,
    responses(
        (status = 200, description = "Renewed.", body = AccessTokenAnswer,
            headers(("Set-Cookie" = String, description = "`acta_refresh`: the refresh token."))),
    ),
)]
pub(super) async fn refresh(
    issuing: Issuing,
    held: HeldKey,
    headers: HeaderMap,
    command: Command<RefreshBody>,
) -> Result<Response, Problem> {
    let token = command.body.token(cookie_of(&headers)).ok_or_else(|| {
        Problem::new(ProblemKind::InvalidParameter, "send the refresh token").at_parameter("acta_refresh")
    })?;
    match issuing.issuer().refresh(&token, held.key).await {
        Ok(tokens) => Ok(tokens::given(&tokens, &issuing.0, &held)),
        Err(error) => Ok(refused(error.into(), issuing.0.is_secure())),
    }
}

/// A token that is not good any more is forgotten by the browser too.
fn refused(problem: Problem, secure: bool) -> Response {
    let is_over = matches!(problem.kind(), ProblemKind::RefreshReused);
    let forget: Option<HeaderValue> = is_over.then(|| cookie::forget(secure));
    let mut response = problem.into_response();
    response.headers_mut().extend(forget.map(|cookie| (SET_COOKIE, cookie)));
    response
}

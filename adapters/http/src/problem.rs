//! Problem documents (RFC 9457): the one form of every answer that is not a success.
//!
//! The policy: a problem says what was wrong with the request in words that help whoever sent it, under a `type` that never
//! changes; what went wrong inside the service goes to the log, whole chain, once, and never into the document.

mod domain;
mod issuer;
mod kind;
mod neighbour;
mod use_case;

use std::borrow::Cow;
use std::error::Error;

use axum::http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, UPGRADE, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

pub use kind::ProblemKind;

use crate::access::Challenge;

/// Where the nonce for the next proof stands (RFC 9449 §8.1).
pub(crate) const DPOP_NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// Why a request was not answered with what it asked for.
#[derive(Debug, Clone)]
pub struct Problem(Box<Contents>);

#[derive(Debug, Clone)]
struct Contents {
    kind: ProblemKind,
    detail: Cow<'static, str>,
    field: Option<String>,
    parameter: Option<Cow<'static, str>>,
    position: Option<u64>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// The document as it is written; also its schema.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Problem, title = "Problem", description = "A problem document (RFC 9457).")]
pub(crate) struct Document<'a> {
    /// What kind of problem it is; stable.
    #[serde(rename = "type")]
    #[schema(value_type = String, pattern = "^urn:acta:problem:[a-z-]+$", example = "urn:acta:problem:unknown-session")]
    kind: String,
    /// The kind in words.
    #[schema(value_type = String)]
    title: &'a str,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What is wrong this time.
    #[schema(value_type = String)]
    detail: &'a str,
    /// The member of the body at fault, as a JSON pointer (RFC 6901).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false, example = "/user_id")]
    field: Option<&'a str>,
    /// The parameter of the path, the query or the header at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false)]
    parameter: Option<&'a str>,
    /// The position that the views reflect so far.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    position: Option<u64>,
}

impl Problem {
    /// A problem of this kind.
    pub fn new(kind: ProblemKind, detail: impl Into<Cow<'static, str>>) -> Self {
        let headers =
            kind.is_passing().then(|| (RETRY_AFTER, HeaderValue::from_static("1"))).into_iter().collect();
        let detail = detail.into();
        Self(Box::new(Contents { kind, detail, field: None, parameter: None, position: None, headers }))
    }

    /// Names the member of the body at fault, as a JSON pointer.
    #[must_use]
    pub fn at_field(mut self, pointer: impl Into<String>) -> Self {
        self.0.field = Some(pointer.into());
        self
    }

    /// Names the parameter at fault.
    #[must_use]
    pub fn at_parameter(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.0.parameter = Some(name.into());
        self
    }

    /// Says what the views reflect so far.
    #[must_use]
    pub fn reached(mut self, position: u64) -> Self {
        self.0.position = Some(position);
        self
    }

    /// Which kind of problem it is.
    pub fn kind(&self) -> ProblemKind {
        self.0.kind
    }

    /// No token, or none that is accepted, or not proven; `challenge` goes into `WWW-Authenticate`.
    pub(crate) fn unauthorized(detail: impl Into<Cow<'static, str>>, challenge: Challenge) -> Self {
        Self::new(ProblemKind::Unauthorized, detail).with(WWW_AUTHENTICATE, challenge.value())
    }

    /// Gives the nonce to make the next proof with (RFC 9449 §8).
    #[must_use]
    pub(crate) fn with_nonce(self, nonce: &str) -> Self {
        self.with(DPOP_NONCE, nonce_header(nonce))
    }

    /// Says in how many seconds to try again.
    #[must_use]
    pub(crate) fn after(self, seconds: u64) -> Self {
        self.with(RETRY_AFTER, HeaderValue::from(seconds))
    }

    fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.retain(|(known, _)| *known != name);
        self.0.headers.push((name, value));
        self
    }

    /// Something is broken inside; `error` is logged with its causes, and only here.
    pub(crate) fn internal(error: &dyn Error) -> Self {
        tracing::error!(error = chain(error), "a request failed inside the service");
        Self::new(ProblemKind::Internal, "the service failed; what happened is in its log")
    }

    /// Something that the service needs does not answer; `error` is logged with its causes, and only here.
    pub(crate) fn unavailable(detail: &'static str, error: &dyn Error) -> Self {
        tracing::warn!(error = chain(error), "a request found something unavailable");
        Self::new(ProblemKind::Unavailable, detail)
    }
}

/// `nonce` as the value of a header.
pub(crate) fn nonce_header(nonce: &str) -> HeaderValue {
    HeaderValue::try_from(nonce).expect("our nonces are base64url")
}

/// `error` and what caused it, in one line.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let contents = *self.0;
        let status = contents.kind.status();
        let document = Document {
            kind: contents.kind.urn(),
            title: contents.kind.title(),
            status: status.as_u16(),
            detail: &contents.detail,
            field: contents.field.as_deref(),
            parameter: contents.parameter.as_deref(),
            position: contents.position,
        };
        let body = serde_json::to_vec(&document).expect("a problem document is plain text and numbers");
        let mut response = (status, [(CONTENT_TYPE, "application/problem+json")], body).into_response();
        response.headers_mut().extend(contents.headers);
        response
    }
}

/// The answer for a path that leads nowhere.
pub(crate) async fn no_such_path() -> Problem {
    Problem::new(ProblemKind::NotFound, "there is nothing at this path")
}

/// The answer for a method that a path does not take; the router adds `Allow`.
pub(crate) async fn no_such_method() -> Problem {
    Problem::new(
        ProblemKind::MethodNotAllowed,
        "this path does not take that method; `Allow` names those it takes",
    )
}

/// The answer when a handler panicked.
pub(crate) fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    tracing::error!("a handler panicked");
    Problem::new(ProblemKind::Internal, "the service failed; what happened is in its log").into_response()
}

/// The statuses that have a header of their own, for the document of the API.
pub(crate) fn header_of(status: StatusCode) -> Option<(HeaderName, &'static str)> {
    match status {
        StatusCode::UNAUTHORIZED => Some((WWW_AUTHENTICATE, "How to authenticate (RFC 6750, RFC 9449).")),
        StatusCode::UPGRADE_REQUIRED => Some((UPGRADE, "The protocol to ask for: `websocket` (RFC 6455).")),
        StatusCode::METHOD_NOT_ALLOWED => Some((ALLOW, "The methods that the path takes.")),
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {
            Some((RETRY_AFTER, "After how many seconds to try again."))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;

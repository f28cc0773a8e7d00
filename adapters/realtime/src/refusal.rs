//! Why something was refused, as a problem document (RFC 9457), the same that the HTTP API gives.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;
use serde_json::value::RawValue;

/// A problem that the room itself finds. Slugs are part of the API and never change; those that the HTTP API has too mean the same there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RoomProblem {
    /// The message is not JSON, or not of the form `{"event": …, "data": …}`.
    MalformedJson,
    /// A member is missing, or is not what it should be.
    InvalidBody,
    /// There is no such message.
    UnknownMessage,
    /// No handshake, or not in time.
    HandshakeNeeded,
    /// The token ended, or stands for somebody else.
    Unauthorized,
    /// The message is larger than one may be.
    TooLarge,
    /// More messages than one connection, or more connections than one person, may have.
    TooManyRequests,
    /// The log does not reach the position that was named.
    PositionUnknown,
    /// Something that the room needs does not answer.
    Unavailable,
    /// The service failed.
    Internal,
}

impl RoomProblem {
    /// The stable name.
    pub(crate) const fn slug(self) -> &'static str {
        match self {
            Self::MalformedJson => "malformed-json",
            Self::InvalidBody => "invalid-body",
            Self::UnknownMessage => "unknown-message",
            Self::HandshakeNeeded => "handshake-needed",
            Self::Unauthorized => "unauthorized",
            Self::TooLarge => "too-large",
            Self::TooManyRequests => "too-many-requests",
            Self::PositionUnknown => "position-unknown",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::MalformedJson => "The message is not JSON",
            Self::InvalidBody => "The message does not have its form",
            Self::UnknownMessage => "There is no such message",
            Self::HandshakeNeeded => "A handshake is needed",
            Self::Unauthorized => "An access token is needed",
            Self::TooLarge => "The message is too large",
            Self::TooManyRequests => "Too much was sent",
            Self::PositionUnknown => "The log does not reach that position",
            Self::Unavailable => "Something that the service needs does not answer",
            Self::Internal => "The service failed",
        }
    }

    const fn status(self) -> u16 {
        match self {
            Self::MalformedJson | Self::InvalidBody | Self::PositionUnknown => 400,
            Self::UnknownMessage => 404,
            Self::HandshakeNeeded | Self::Unauthorized => 401,
            Self::TooLarge => 413,
            Self::TooManyRequests => 429,
            Self::Unavailable => 503,
            Self::Internal => 500,
        }
    }
}

/// Why something was refused: a problem document, whoever found the problem.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    /// The HTTP status that goes with it.
    pub(crate) status: u16,
    /// The last word of its `type`: `permission-needed`.
    pub(crate) slug: Cow<'static, str>,
    /// What is wrong this time.
    pub(crate) detail: Cow<'static, str>,
    /// The nonce to make the next proof with (RFC 9449 §8), if that is what is wrong.
    pub(crate) dpop_nonce: Option<String>,
    document: Box<RawValue>,
}

#[derive(Serialize)]
struct Document<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_seconds: Option<u64>,
}

impl Refusal {
    /// The room found `problem`.
    pub(crate) fn new(problem: RoomProblem, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::written(problem, detail.into(), None, None)
    }

    /// The room found `problem` with the member at `pointer` (RFC 6901).
    pub(crate) fn at_field(
        problem: RoomProblem,
        pointer: &str,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::written(problem, detail.into(), Some(pointer), None)
    }

    /// It may be tried again in so many seconds.
    pub(crate) fn after(problem: RoomProblem, detail: impl Into<Cow<'static, str>>, seconds: u64) -> Self {
        Self::written(problem, detail.into(), None, Some(seconds))
    }

    fn written(
        problem: RoomProblem,
        detail: Cow<'static, str>,
        field: Option<&str>,
        retry_after_seconds: Option<u64>,
    ) -> Self {
        let kind = format!("urn:acta:problem:{}", problem.slug());
        let (title, status) = (problem.title(), problem.status());
        let document = Document { kind, title, status, detail: &detail, field, retry_after_seconds };
        let document = serde_json::value::to_raw_value(&document).expect("a problem document is plain data");
        Self { status, slug: problem.slug().into(), detail, dpop_nonce: None, document }
    }

    /// What the HTTP API answered: its problem document as it is.
    pub(crate) fn of_api(
        status: u16,
        slug: String,
        detail: String,
        dpop_nonce: Option<String>,
        document: Box<RawValue>,
    ) -> Self {
        Self { status, slug: slug.into(), detail: detail.into(), dpop_nonce, document }
    }

    /// The problem document.
    pub(crate) fn document(&self) -> &RawValue {
        &self.document
    }
}

/// `permission-needed: the access token does not permit this`
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.slug, self.detail)
    }
}

//! Successful answers.

use acta_application::Accepted;
use acta_application::log::{Position, Sequence};
use acta_domain::Timestamp;
use axum::Json;
use axum::http::header::{ETAG, LOCATION};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::schema;

/// The position that an answer reflects, or that was written.
pub(crate) const POSITION: HeaderName = HeaderName::from_static("acta-position");
/// `true` on the answer to a command that had been sent before.
pub(crate) const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// What was recorded.
#[expect(clippy::struct_field_names, reason = "the names are those of the API")]
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Recorded {
    /// Position in the whole log; ask a view for at least this one (`Acta-At-Least`) to see it.
    #[schema(value_type = schema::Whole)]
    position: Position,
    /// Index in the session's record, from 0: the leaf of its tree.
    #[schema(value_type = schema::Whole)]
    session_index: u64,
    /// Version of the stream that it was written to.
    #[schema(value_type = schema::Whole)]
    version: Sequence,
    /// When the log took it.
    #[schema(value_type = schema::Moment)]
    recorded_at: Timestamp,
}

impl From<Accepted> for Recorded {
    fn from(accepted: Accepted) -> Self {
        let appended = accepted.appended;
        Self {
            position: appended.last,
            session_index: appended.session_index.get(),
            version: appended.sequence,
            recorded_at: appended.recorded_at,
        }
    }
}

/// The answer to a command that is recorded.
pub(crate) struct Written<B> {
    status: StatusCode,
    accepted: Accepted,
    location: Option<String>,
    body: B,
}

impl Written<Recorded> {
    /// Nothing new came of it that has an address of its own.
    pub(crate) fn done(accepted: Accepted) -> Self {
        Self { status: StatusCode::OK, accepted, location: None, body: accepted.into() }
    }
}

impl<B> Written<B> {
    /// Something new came of it.
    pub(crate) fn created(accepted: Accepted, body: B) -> Self {
        Self { status: StatusCode::CREATED, accepted, location: None, body }
    }

    /// Something was done that says more than that it is recorded.
    pub(crate) fn changed(accepted: Accepted, body: B) -> Self {
        Self { status: StatusCode::OK, accepted, location: None, body }
    }

    /// The new thing is at `location`.
    pub(crate) fn at(mut self, location: String) -> Self {
        self.location = Some(location);
        self
    }
}

impl<B: Serialize> IntoResponse for Written<B> {
    fn into_response(self) -> Response {
        let mut headers = HeaderMap::new();
        headers.insert(POSITION, self.accepted.appended.last.get().into());
        if self.accepted.repeated {
            headers.insert(REPLAYED, HeaderValue::from_static("true"));
        }
        if let Some(location) = self.location.and_then(|location| HeaderValue::try_from(location).ok()) {
            headers.insert(LOCATION, location);
        }
        (self.status, headers, Json(self.body)).into_response()
    }
}

/// What a view says, with the position that it reflects.
pub(crate) struct Seen<B> {
    /// The position.
    pub(crate) position: Position,
    /// What is said.
    pub(crate) body: B,
}

impl<B: Serialize> IntoResponse for Seen<B> {
    fn into_response(self) -> Response {
        (at_position(self.position), Json(self.body)).into_response()
    }
}

/// The header that says which position an answer reflects.
pub(crate) fn at_position(position: Position) -> [(HeaderName, HeaderValue); 1] {
    [(POSITION, position.get().into())]
}

/// The entity tag of `version`.
pub(crate) fn entity_tag(version: Sequence) -> [(HeaderName, HeaderValue); 1] {
    let tag = HeaderValue::try_from(format!("\"{version}\"")).expect("a number in quotes is a header value");
    [(ETAG, tag)]
}

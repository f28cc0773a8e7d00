//! The parameters of paths.

use acta_application::persons::Subject;
use acta_domain::{ChunkNumber, PersonId, SessionId, SpeechRequestId};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use utoipa::IntoParams;

use crate::schema;

/// `/sessions/{id}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct SessionPath {
    /// The session.
    #[serde(rename = "id")]
    #[param(rename = "id", value_type = Uuid)]
    pub(crate) session: SessionId,
}

/// A person in a session.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct PersonPath {
    /// The session.
    #[serde(rename = "id")]
    #[param(rename = "id", value_type = Uuid)]
    pub(crate) session: SessionId,
    /// The person, by opaque id.
    #[serde(rename = "userId")]
    #[param(rename = "userId", value_type = Uuid)]
    pub(crate) person: PersonId,
}

/// Whose key in a session.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct SubjectPath {
    /// The session.
    #[serde(rename = "id")]
    #[param(rename = "id", value_type = Uuid)]
    pub(crate) session: SessionId,
    /// The subject of sealed parts: `session`, or `person:` with the opaque id.
    #[serde(deserialize_with = "subject")]
    #[param(value_type = String, pattern = "^(session|person:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$")]
    pub(crate) subject: Subject,
}

fn subject<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Subject, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
}

/// A speech request in a session.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct RequestPath {
    /// The session.
    #[serde(rename = "id")]
    #[param(rename = "id", value_type = Uuid)]
    pub(crate) session: SessionId,
    /// The speech request.
    #[serde(rename = "requestId")]
    #[param(rename = "requestId", value_type = Uuid)]
    pub(crate) request: SpeechRequestId,
}

/// A chunk of a session's transcript.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct ChunkPath {
    /// The session.
    #[serde(rename = "id")]
    #[param(rename = "id", value_type = Uuid)]
    pub(crate) session: SessionId,
    /// The number of the chunk.
    #[param(value_type = schema::ChunkNumber)]
    pub(crate) chunk: ChunkNumber,
}

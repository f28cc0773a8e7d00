//! The parameters of paths.

use acta_domain::{ChunkNumber, PersonId, SessionId, SpeechRequestId};
use serde::Deserialize;
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

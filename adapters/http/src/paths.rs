//! The parameters of paths.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use acta_application::persons::Subject;
use acta_domain::{ChunkNumber, PersonId, SessionId, SpeechRequestId, TimeAccount};
use serde::de::{Error, Visitor};
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
    #[serde(deserialize_with = "parsed")]
    #[param(value_type = String, pattern = "^(session|person:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$")]
    pub(crate) subject: Subject,
}

/// Reads a value where its text stands, so that a refusal names the parameter.
fn parsed<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    deserializer.deserialize_str(Parsed(PhantomData))
}

/// Parses the text that it is shown.
struct Parsed<T>(PhantomData<T>);

impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for Parsed<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
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

/// A time account in a session.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct AccountPath {
    /// The session.
    #[serde(rename = "id")]
    #[param(rename = "id", value_type = Uuid)]
    pub(crate) session: SessionId,
    /// Whose time it is: `person:` with the opaque id, or `group:` with the name.
    #[serde(deserialize_with = "parsed")]
    #[param(value_type = schema::TimeAccount)]
    pub(crate) account: TimeAccount,
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

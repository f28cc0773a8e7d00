//! `POST /sessions/{id}/transcript/chunks`.

use acta_application::transcript::AddChunk;
use acta_domain::{ChunkNumber, ChunkSource, Confidence, Language, MediaTime, PersonId};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::answer::{Recorded, Written};
use crate::extract::{Allowed, Body, Command, Params, Text, TranscriptWrite, given};
use crate::paths::SessionPath;
use crate::problem::Problem;
use crate::schema;
use crate::state::App;

/// A chunk of what was said.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct AddChunkBody {
    /// Who spoke, by opaque id, if that is known.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Uuid>)]
    speaker_id: Option<PersonId>,
    /// In which language.
    #[schema(value_type = schema::Language)]
    language: Language,
    /// Where it begins, in milliseconds of the session.
    #[schema(value_type = schema::MediaTime)]
    start_ms: MediaTime,
    /// Where it ends, in milliseconds of the session: not before it begins, and at most an hour after.
    #[schema(value_type = schema::MediaTime)]
    end_ms: MediaTime,
    /// The words; sealed.
    #[schema(value_type = schema::Words)]
    text: Text<10_000>,
    /// How sure the source is, 0 to 1.
    #[schema(value_type = schema::Confidence)]
    confidence: Confidence,
    /// Who wrote it down.
    #[schema(value_type = schema::ChunkSource)]
    source: ChunkSource,
}

impl Body for AddChunkBody {}

impl From<AddChunkBody> for AddChunk {
    fn from(body: AddChunkBody) -> Self {
        Self {
            speaker_id: body.speaker_id,
            language: body.language,
            start: body.start_ms,
            end: body.end_ms,
            confidence: body.confidence,
            source: body.source,
            text: body.text.into(),
        }
    }
}

/// A chunk, recorded.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChunkAdded)]
pub(crate) struct ChunkAddedAnswer {
    /// Its number in the session: 1, 2, 3 …
    #[schema(value_type = schema::ChunkNumber)]
    chunk: ChunkNumber,
    #[serde(flatten)]
    recorded: Recorded,
}

/// Add a chunk to the transcript.
#[utoipa::path(
    post, path = "/sessions/{id}/transcript/chunks", tag = "transcript", operation_id = "add_chunk",
    params(SessionPath), request_body = AddChunkBody,
    responses((status = 201, description = "Recorded.", body = ChunkAddedAnswer)), security(("bearer" = [])),
)]
pub(super) async fn add_chunk(
    State(app): State<App>,
    allowed: Allowed<TranscriptWrite>,
    Params(path): Params<SessionPath>,
    command: Command<AddChunkBody>,
) -> Result<Written<ChunkAddedAnswer>, Problem> {
    let context = command.context(&app, &allowed.principal);
    let added = app.use_cases.add_chunk(&context, path.session, command.body.into()).await?;
    let body = ChunkAddedAnswer { chunk: added.chunk, recorded: added.accepted.into() };
    Ok(Written::created(added.accepted, body))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn example() -> Value {
        json!({ "language": "en", "start_ms": 0, "end_ms": 1500, "text": "Order!", "confidence": 1, "source": "human" })
    }

    #[test]
    fn a_chunk_needs_no_speaker() {
        assert!(serde_json::from_value::<AddChunkBody>(example()).unwrap().speaker_id.is_none());
    }

    #[test]
    fn a_chunk_out_of_range_is_refused() {
        for (member, value) in [
            ("confidence", json!(1.01)),
            ("confidence", json!(-0.1)),
            ("start_ms", json!(-1)),
            ("start_ms", json!(1.5)),
            ("end_ms", json!(9_007_199_254_740_992_u64)),
            ("text", json!("")),
            ("text", json!("x".repeat(10_001))),
            ("language", json!("e")),
            ("source", json!("rumour")),
        ] {
            let mut body = example();
            body[member] = value;
            assert!(serde_json::from_value::<AddChunkBody>(body.clone()).is_err(), "{body}");
        }
    }
}

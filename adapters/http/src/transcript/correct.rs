//! `POST /sessions/{id}/transcript/chunks/{chunk}/corrections`.

use acta_application::transcript::CorrectChunk;
use acta_domain::{ChunkNumber, Language};
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::answer::{Recorded, Written};
use crate::extract::{Allowed, Body, Command, Params, Text, TranscriptWrite, given};
use crate::paths::ChunkPath;
use crate::problem::Problem;
use crate::schema;
use crate::state::App;

/// What was really said.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct CorrectChunkBody {
    /// The words; sealed.
    #[schema(value_type = schema::Words)]
    text: Text<10_000>,
    /// The language, if that was wrong.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<schema::Language>)]
    language: Option<Language>,
}

impl Body for CorrectChunkBody {}

impl CorrectChunkBody {
    fn into_input(self, chunk: ChunkNumber) -> CorrectChunk {
        CorrectChunk { chunk, text: self.text.into(), language: self.language }
    }
}

/// Correct a chunk; what was first written down stays in the record.
#[utoipa::path(
    post, path = "/sessions/{id}/transcript/chunks/{chunk}/corrections", tag = "transcript",
    operation_id = "correct_chunk", params(ChunkPath), request_body = CorrectChunkBody,
    responses((status = 200, description = "Recorded.", body = Recorded)), security(("bearer" = [])),
)]
pub(super) async fn correct_chunk(
    State(app): State<App>,
    allowed: Allowed<TranscriptWrite>,
    Params(path): Params<ChunkPath>,
    command: Command<CorrectChunkBody>,
) -> Result<Written<Recorded>, Problem> {
    let context = command.context(&app, &allowed.principal);
    let input = command.body.into_input(path.chunk);
    let accepted = app.use_cases.correct_chunk(&context, path.session, input).await?;
    Ok(Written::done(accepted))
}

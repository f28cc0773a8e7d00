//! A chunk as the API shows it.

use acta_domain::{
    ChunkNumber, ChunkSource, Confidence, Language, MediaTime, PersonId, SessionId, Timestamp,
};
use acta_projections::transcript::ChunkView;
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::Problem;
use crate::reading::Opener;
use crate::schema;

/// A chunk of what was said, as corrected.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Chunk)]
pub(crate) struct ChunkResource {
    /// Its number in the session.
    #[schema(value_type = schema::ChunkNumber)]
    chunk: ChunkNumber,
    /// Who spoke, by opaque id, if that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    speaker_id: Option<PersonId>,
    /// In which language.
    #[schema(value_type = schema::Language)]
    language: Language,
    /// Where it begins, in milliseconds of the session.
    #[schema(value_type = schema::MediaTime)]
    start_ms: MediaTime,
    /// Where it ends, in milliseconds of the session.
    #[schema(value_type = schema::MediaTime)]
    end_ms: MediaTime,
    /// How sure the source was, 0 to 1.
    #[schema(value_type = schema::Confidence)]
    confidence: Confidence,
    /// Who wrote it down.
    #[schema(value_type = schema::ChunkSource)]
    source: ChunkSource,
    /// The words; null to readers who may not see them.
    text: Option<String>,
    /// Whether there are words that the reader does not see.
    sealed: bool,
    /// How often it was corrected.
    corrections: u64,
    /// When it was written down.
    #[schema(value_type = schema::Moment)]
    at: Timestamp,
    /// The position of the last event about it.
    #[schema(value_type = schema::Whole)]
    position: u64,
}

impl ChunkResource {
    /// `view`, opened as far as the reader may see.
    pub(super) async fn open(
        view: &ChunkView,
        session: SessionId,
        opener: Opener<'_>,
    ) -> Result<Self, Problem> {
        let (text, sealed) = opener.text(session, view.current_text(), "text").await?;
        Ok(Self {
            chunk: view.chunk,
            speaker_id: view.speaker_id,
            language: view.current_language().clone(),
            start_ms: view.start_ms,
            end_ms: view.end_ms,
            confidence: view.confidence,
            source: view.source,
            text,
            sealed,
            corrections: view.corrections.len() as u64,
            at: view.at,
            position: view.position.get(),
        })
    }
}

//! What is said.

use acta_domain::{ChunkNumber, ChunkSource, Confidence, Language, MediaTime, PersonId, TranscriptEvent};
use schemars::JsonSchema;
use serde::Serialize;

use super::Untold;
use super::told::{Teller, Told};
use crate::frame::Frame;

pub(super) const NAME: &str = "transcript_chunk";

/// Words that were said, or that a chunk says from now on.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct TranscriptChunk<'a> {
    #[serde(flatten)]
    told: Told,
    /// The number of the chunk in the session.
    chunk: ChunkNumber,
    /// Whether this replaces the words of a chunk that was sent before. What is absent is as it was.
    corrected: bool,
    /// Who spoke, by opaque id, if that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    speaker_id: Option<PersonId>,
    /// In which language.
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a Language>,
    /// Where it begins, in milliseconds of the session.
    #[serde(skip_serializing_if = "Option::is_none")]
    start_ms: Option<MediaTime>,
    /// Where it ends, in milliseconds of the session.
    #[serde(skip_serializing_if = "Option::is_none")]
    end_ms: Option<MediaTime>,
    /// How sure the source was, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    confidence: Option<Confidence>,
    /// Who wrote it down.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<ChunkSource>,
    /// The words; null to readers who may not see them.
    text: Option<&'a str>,
    /// Whether there are words that the reader does not see.
    sealed: bool,
}

pub(super) fn frame(teller: &Teller<'_>, fact: &TranscriptEvent) -> Result<Frame, Untold> {
    teller.say_words(NAME, |words| {
        let (text, sealed) = (words.text("text"), words.is_sealed());
        TranscriptChunk { text, sealed, ..without_words(teller.told(), fact) }
    })
}

fn without_words(told: Told, fact: &TranscriptEvent) -> TranscriptChunk<'_> {
    match fact {
        TranscriptEvent::Chunk {
            chunk,
            speaker_id,
            language,
            start_ms,
            end_ms,
            confidence,
            source,
            at: _,
        } => TranscriptChunk {
            told,
            chunk: *chunk,
            corrected: false,
            speaker_id: *speaker_id,
            language: Some(language),
            start_ms: Some(*start_ms),
            end_ms: Some(*end_ms),
            confidence: Some(*confidence),
            source: Some(*source),
            text: None,
            sealed: false,
        },
        TranscriptEvent::Corrected { chunk, language, at: _ } => TranscriptChunk {
            told,
            chunk: *chunk,
            corrected: true,
            speaker_id: None,
            language: language.as_ref(),
            start_ms: None,
            end_ms: None,
            confidence: None,
            source: None,
            text: None,
            sealed: false,
        },
    }
}

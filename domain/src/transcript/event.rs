//! What happened to a session's transcript.

use cqrs_es::DomainEvent;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::PersonId;
use crate::values::{ChunkNumber, ChunkSource, Confidence, Language, MediaTime, Timestamp};

/// A fact about what was spoken when. The words are in the sealed part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", deny_unknown_fields)]
pub enum TranscriptEvent {
    /// Words were spoken.
    #[serde(rename = "transcript.chunk.v1")]
    Chunk {
        /// The number of the chunk in the session, without gaps.
        chunk: ChunkNumber,
        /// Who spoke, when that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(with = "PersonId")]
        speaker_id: Option<PersonId>,
        /// The language of the words.
        language: Language,
        /// When the words begin, in milliseconds of the session's media.
        start_ms: MediaTime,
        /// When the words end, in milliseconds of the session's media.
        end_ms: MediaTime,
        /// How sure the source is.
        confidence: Confidence,
        /// Where the words came from.
        source: ChunkSource,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// The words of a chunk were replaced.
    #[serde(rename = "transcript.corrected.v1")]
    Corrected {
        /// The number of the chunk.
        chunk: ChunkNumber,
        /// The language of the new words, when it is another.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(with = "Language")]
        language: Option<Language>,
        /// The moment of the decision.
        at: Timestamp,
    },
}

impl TranscriptEvent {
    /// The name of the event's type, as in its payload.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Chunk { .. } => "transcript.chunk.v1",
            Self::Corrected { .. } => "transcript.corrected.v1",
        }
    }

    /// The moment of the decision.
    pub const fn at(&self) -> Timestamp {
        match self {
            Self::Chunk { at, .. } | Self::Corrected { at, .. } => *at,
        }
    }

    /// The number of the chunk that the event is about.
    pub const fn chunk(&self) -> ChunkNumber {
        match self {
            Self::Chunk { chunk, .. } | Self::Corrected { chunk, .. } => *chunk,
        }
    }

    /// Who spoke, when the event says so.
    pub const fn speaker_id(&self) -> Option<PersonId> {
        match self {
            Self::Chunk { speaker_id, .. } => *speaker_id,
            Self::Corrected { .. } => None,
        }
    }
}

impl DomainEvent for TranscriptEvent {
    fn event_type(&self) -> String {
        self.name().to_owned()
    }

    fn event_version(&self) -> String {
        "1".to_owned()
    }
}

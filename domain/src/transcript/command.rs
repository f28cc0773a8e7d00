//! What can be asked of a session's transcript.

use crate::ids::PersonId;
use crate::values::{ChunkNumber, ChunkSource, Confidence, Language, MediaTime, Timestamp};

/// A command to a session's transcript. Every one carries the moment at which it is decided.
/// The words travel beside it, sealed.
#[derive(Debug, Clone, PartialEq)]
pub enum TranscriptCommand {
    /// Add the next chunk. Chunks may overlap and need not come in the order of speech.
    Add {
        /// Who spoke, when that is known.
        speaker_id: Option<PersonId>,
        /// The language of the words.
        language: Language,
        /// When the words begin.
        start: MediaTime,
        /// When the words end; not before they begin, and at most an hour later.
        end: MediaTime,
        /// How sure the source is.
        confidence: Confidence,
        /// Where the words came from.
        source: ChunkSource,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// Replace the words of a chunk; the old words stay in the log.
    Correct {
        /// The chunk.
        chunk: ChunkNumber,
        /// The language of the new words, when it is another.
        language: Option<Language>,
        /// The moment of the decision.
        at: Timestamp,
    },
}

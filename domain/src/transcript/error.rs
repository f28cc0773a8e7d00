//! Why the transcript refuses.

use crate::values::ChunkNumber;

/// Why a command to a session's transcript was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TranscriptError {
    /// A chunk ends before it begins.
    #[error("a chunk must not end before it begins")]
    EndsBeforeStart,
    /// A chunk is longer than an hour.
    #[error("a chunk must not be longer than an hour")]
    TooLong,
    /// There is no chunk of this number.
    #[error("there is no chunk {chunk}")]
    NoSuchChunk {
        /// The number.
        chunk: ChunkNumber,
    },
}

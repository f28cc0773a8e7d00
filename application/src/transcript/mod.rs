//! The transcript: what was said, chunk by chunk.

mod add;
mod correct;
pub(crate) mod measures;

use acta_domain::Session;

pub use add::{AddChunk, ChunkAdded};
pub use correct::CorrectChunk;

use crate::UseCaseError;

/// Refuses unless the transcript can be written now: from the start until the record is sealed.
fn open_transcript(session: &Session) -> Result<(), UseCaseError> {
    let status = session.status().ok_or(UseCaseError::UnknownSession)?;
    if session.accepts_transcript() {
        return Ok(());
    }
    let state = if session.is_sealed() { "sealed" } else { status.as_str() };
    Err(UseCaseError::WrongState {
        state,
        wanted: "its transcript is open from the start until the record is sealed",
    })
}

//! The transcript: one row per chunk of speech.

pub mod export;
mod fold;
mod query;
mod view;

pub use fold::{Transcript, row_id};
pub use query::{TranscriptQuery, chunk, chunks};
pub use view::{ChunkView, Correction};

#[cfg(test)]
mod tests;

//! The rules of the transcript.
//!
//! Chunks are numbered 1, 2, 3, … as they are recorded. Recognisers deliver late and people talk over one another, so
//! times may overlap and go back. Only the count is remembered, however long the session is.

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use crate::values::{ChunkNumber, MediaTime};

use super::{TranscriptCommand, TranscriptError, TranscriptEvent};

/// The transcript of a session, as far as its decisions need to remember it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transcript {
    chunks: u64,
}

impl Transcript {
    /// The longest chunk, in milliseconds.
    const LONGEST_MS: u64 = 60 * 60 * 1_000;

    /// How many chunks there are.
    pub const fn chunk_count(&self) -> u64 {
        self.chunks
    }

    /// The number that the next chunk gets.
    pub const fn next_chunk(&self) -> ChunkNumber {
        ChunkNumber::saturating(self.chunks.saturating_add(1))
    }

    /// Decides a command.
    ///
    /// # Errors
    ///
    /// [`TranscriptError`] when the rules refuse it; nothing happened then.
    pub fn decide(&self, command: TranscriptCommand) -> Result<Vec<TranscriptEvent>, TranscriptError> {
        let event = match command {
            TranscriptCommand::Add { speaker_id, language, start, end, confidence, source, at } => {
                must_be_a_chunk(start, end)?;
                TranscriptEvent::Chunk {
                    chunk: self.next_chunk(),
                    speaker_id,
                    language,
                    start_ms: start,
                    end_ms: end,
                    confidence,
                    source,
                    at,
                }
            }
            TranscriptCommand::Correct { chunk, language, at } => {
                self.must_exist(chunk)?;
                TranscriptEvent::Corrected { chunk, language, at }
            }
        };
        Ok(vec![event])
    }

    fn must_exist(&self, chunk: ChunkNumber) -> Result<(), TranscriptError> {
        if chunk.get() > self.chunks {
            return Err(TranscriptError::NoSuchChunk { chunk });
        }
        Ok(())
    }
}

fn must_be_a_chunk(start: MediaTime, end: MediaTime) -> Result<(), TranscriptError> {
    match end.get().checked_sub(start.get()) {
        None => Err(TranscriptError::EndsBeforeStart),
        Some(length) if length > Transcript::LONGEST_MS => Err(TranscriptError::TooLong),
        Some(_) => Ok(()),
    }
}

impl Aggregate for Transcript {
    const TYPE: &'static str = "transcript";
    type Command = TranscriptCommand;
    type Event = TranscriptEvent;
    type Error = TranscriptError;
    type Services = ();

    async fn handle(
        &mut self,
        command: Self::Command,
        _services: &Self::Services,
        sink: &EventSink<Self>,
    ) -> Result<(), Self::Error> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: Self::Event) {
        match event {
            TranscriptEvent::Chunk { chunk, .. } => self.chunks = self.chunks.max(chunk.get()),
            TranscriptEvent::Corrected { .. } => {}
        }
    }
}

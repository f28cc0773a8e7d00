//! Add what was said.

use std::sync::atomic::{AtomicU64, Ordering};

use acta_domain::{
    ChunkNumber, ChunkSource, Confidence, Language, MediaTime, PersonId, Session, SessionId,
    TranscriptCommand, TranscriptEvent,
};

use super::{measures, open_transcript};
use crate::persons::{PersonalPart, PersonalText, Subject};
use crate::{Accepted, CommandContext, UseCaseError, UseCases};

/// Something that was said.
#[derive(Debug, Clone)]
pub struct AddChunk {
    /// By whom, if that is known.
    pub speaker_id: Option<PersonId>,
    /// In which language.
    pub language: Language,
    /// From when.
    pub start: MediaTime,
    /// Until when.
    pub end: MediaTime,
    /// How sure the source is of the words.
    pub confidence: Confidence,
    /// Where the words come from.
    pub source: ChunkSource,
    /// The words; sealed under the speaker's key.
    pub text: PersonalText,
}

/// A chunk that is on the record.
#[derive(Debug, Clone, Copy)]
pub struct ChunkAdded {
    /// Its number in the transcript: 1, 2, 3 …
    pub chunk: ChunkNumber,
    /// Where.
    pub accepted: Accepted,
}

impl UseCases {
    /// Adds a chunk to the transcript.
    ///
    /// # Errors
    /// See [`UseCaseError`].
    pub async fn add_chunk(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        input: AddChunk,
    ) -> Result<ChunkAdded, UseCaseError> {
        self.known_session(context.tenant, session_id).await?;
        let at = self.ports.clock.now();
        let subject = input.speaker_id.map_or(Subject::Session, Subject::Person);
        let part = PersonalPart::of([("text", Some(input.text))]);
        let sealed = self.seal(context, session_id, subject, &part).await?;
        let command = TranscriptCommand::Add {
            speaker_id: input.speaker_id,
            language: input.language,
            start: input.start,
            end: input.end,
            confidence: input.confidence,
            source: input.source,
            at,
        };
        let number = AtomicU64::new(0);
        let accepted = self
            .carry_out(&self.transcripts, context, session_id, sealed, open_transcript, |transcript, ()| {
                number.store(transcript.chunk_count() + 1, Ordering::Relaxed);
                Ok(transcript.decide(command.clone())?)
            })
            .await?;
        if accepted.repeated {
            return self.chunk_of(context, accepted).await;
        }
        let (started, _) = self.sessions.read(context.tenant, session_id, Session::started_at).await?;
        measures::added(input.source, started, input.end, self.ports.clock.now());
        let chunk = ChunkNumber::new(number.into_inner()).expect("chunks are numbered from 1");
        Ok(ChunkAdded { chunk, accepted })
    }

    /// The chunk that a repeated command added the first time.
    async fn chunk_of(
        &self,
        context: &CommandContext,
        accepted: Accepted,
    ) -> Result<ChunkAdded, UseCaseError> {
        let event = self.event_at(context, accepted.appended.first).await?;
        match event.map(|event| event.decode_as::<TranscriptEvent>()).transpose()? {
            Some(TranscriptEvent::Chunk { chunk, .. }) => Ok(ChunkAdded { chunk, accepted }),
            _ => Err(UseCaseError::UnknownSession),
        }
    }
}

//! Correct what was written down; the first words stay on the record.

use acta_domain::transcript::Transcript;
use acta_domain::{
    ChunkNumber, Language, PersonId, SessionId, TranscriptCommand, TranscriptError, TranscriptEvent,
};
use cqrs_es::Aggregate as _;

use super::open_transcript;
use crate::log::{Sequence, StreamId};
use crate::persons::{PersonalPart, PersonalText, Subject};
use crate::{Accepted, CommandContext, UseCaseError, UseCases};

const PAGE: usize = 256;

/// Better words for a chunk.
#[derive(Debug, Clone)]
pub struct CorrectChunk {
    /// Which chunk.
    pub chunk: ChunkNumber,
    /// The words; sealed under the key of the chunk's speaker.
    pub text: PersonalText,
    /// The language, if that was wrong.
    pub language: Option<Language>,
}

impl UseCases {
    /// Corrects a chunk of the transcript.
    ///
    /// # Errors
    /// See [`UseCaseError`].
    pub async fn correct_chunk(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        input: CorrectChunk,
    ) -> Result<Accepted, UseCaseError> {
        self.known_session(context.tenant, session_id).await?;
        let at = self.ports.clock.now();
        let subject = self.subject_of_chunk(context, session_id, input.chunk).await?;
        let part = PersonalPart::of([("text", Some(input.text))]);
        let sealed = self.seal(context, session_id, subject, &part).await?;
        let command = TranscriptCommand::Correct { chunk: input.chunk, language: input.language, at };
        self.carry_out(&self.transcripts, context, session_id, sealed, open_transcript, |transcript, ()| {
            Ok(transcript.decide(command.clone())?)
        })
        .await
    }

    /// Under whose key a chunk's words are sealed.
    async fn subject_of_chunk(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        wanted: ChunkNumber,
    ) -> Result<Subject, UseCaseError> {
        let stream = StreamId::of_session(Transcript::TYPE, session_id);
        // Chunk n is at least the nth event of its stream; only corrections can have come between.
        let mut after = Sequence::new(wanted.get() - 1);
        loop {
            let page = self.ports.log.stream(context.tenant, &stream, after, PAGE).await?;
            for event in &page {
                after = event.sequence;
                match event.decode_as::<TranscriptEvent>()? {
                    TranscriptEvent::Chunk { chunk, speaker_id, .. } if chunk == wanted => {
                        return Ok(subject(speaker_id));
                    }
                    _ => {}
                }
            }
            if page.len() < PAGE {
                return Err(TranscriptError::NoSuchChunk { chunk: wanted }.into());
            }
        }
    }
}

fn subject(speaker: Option<PersonId>) -> Subject {
    speaker.map_or(Subject::Session, Subject::Person)
}

//! Ask for the floor.

use acta_domain::{
    Attendance, FloorCommand, FloorEvent, PersonId, Priority, SessionId, SpeechKind, SpeechRequestId,
};

use super::measures::Action;
use crate::clock::time_ordered_id;
use crate::persons::{PersonalPart, PersonalText, Subject};
use crate::{Accepted, CommandContext, UseCaseError, UseCases};

/// Somebody who wants to speak.
#[derive(Debug, Clone)]
pub struct RequestSpeech {
    /// Who.
    pub person_id: PersonId,
    /// To do what.
    pub kind: SpeechKind,
    /// How urgent.
    pub priority: Priority,
    /// About what; sealed.
    pub topic: Option<PersonalText>,
}

/// A request that is on the record.
#[derive(Debug, Clone, Copy)]
pub struct SpeechRequested {
    /// Its id.
    pub request_id: SpeechRequestId,
    /// Where.
    pub accepted: Accepted,
}

impl UseCases {
    /// Asks for the floor; only for somebody who is present.
    ///
    /// # Errors
    /// See [`UseCaseError`].
    pub async fn request_speech(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        input: RequestSpeech,
    ) -> Result<SpeechRequested, UseCaseError> {
        self.known_session(context.tenant, session_id).await?;
        let RequestSpeech { person_id, kind, priority, topic } = input;
        let at = self.ports.clock.now();
        let request_id = SpeechRequestId::new(time_ordered_id(at, &*self.ports.randomness));
        let part = PersonalPart::of([("topic", topic)]);
        let subject = Subject::Person(person_id);
        let sealed = self.seal(context, session_id, subject, &part).await?;
        let is_present = |attendance: &Attendance| attendance.is_present(person_id);
        let present = self.attendances.read_settled(context.tenant, session_id, is_present).await?;
        let command = FloorCommand::Request { request_id, person_id, kind, priority, present, at };
        let accepted = self.on_floor(context, session_id, Action::Request, sealed, command).await?;
        let request_id = self.request_of(context, request_id, accepted).await?;
        Ok(SpeechRequested { request_id, accepted })
    }

    /// A repeated command has made its request the first time, under another id than the one made now.
    async fn request_of(
        &self,
        context: &CommandContext,
        fresh: SpeechRequestId,
        accepted: Accepted,
    ) -> Result<SpeechRequestId, UseCaseError> {
        if !accepted.repeated {
            return Ok(fresh);
        }
        let first = self.event_at(context, accepted.appended.first).await?;
        match first.map(|event| event.decode_as::<FloorEvent>()).transpose()? {
            Some(FloorEvent::Requested { request_id, .. }) => Ok(request_id),
            _ => Ok(fresh),
        }
    }
}

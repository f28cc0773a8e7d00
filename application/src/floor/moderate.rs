//! The chair's answer to a request.

use acta_domain::{FloorCommand, FloorError, SessionId, SpeechRequestId, TimeLimit};

use crate::persons::{PersonalPart, PersonalText, Subject};
use crate::{Accepted, CommandContext, UseCaseError, UseCases};

impl UseCases {
    /// Gives the floor to a pending request, for at most `time_limit`.
    ///
    /// # Errors
    /// See [`UseCaseError`].
    pub async fn approve_speech(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        request_id: SpeechRequestId,
        time_limit: Option<TimeLimit>,
    ) -> Result<Accepted, UseCaseError> {
        let at = self.ports.clock.now();
        self.on_floor(context, session_id, None, |concurrent_turns| FloorCommand::Approve {
            request_id,
            time_limit,
            concurrent_turns,
            at,
        })
        .await
    }

    /// Denies a pending request; `reason` is sealed under the requester's key.
    ///
    /// # Errors
    /// See [`UseCaseError`].
    pub async fn deny_speech(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        request_id: SpeechRequestId,
        reason: Option<PersonalText>,
    ) -> Result<Accepted, UseCaseError> {
        self.known_session(context.tenant, session_id).await?;
        let at = self.ports.clock.now();
        let sealed = match self.requester(context, session_id, request_id).await? {
            Some(person) => {
                let part = PersonalPart::of([("reason", reason)]);
                self.seal(context, session_id, Subject::Person(person), &part).await?
            }
            // Nobody to seal it for: the rules below refuse it, unless it was denied before under the same key.
            None if !context.may_repeat => return Err(FloorError::NoSuchRequest { request_id }.into()),
            None => None,
        };
        self.on_floor(context, session_id, sealed, |_| FloorCommand::Deny { request_id, at }).await
    }
}

//! The chair's no.

use acta_domain::{FloorCommand, FloorError, SessionId, SpeechRequestId};
use acta_proof::sealed::SealedPart;

use super::measures::Action;
use crate::persons::{PersonalPart, PersonalText, Subject};
use crate::{Accepted, CommandContext, UseCaseError, UseCases};

impl UseCases {
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
        let at = self.ports.clock.now();
        let sealed = self.seal_reason(context, session_id, request_id, reason).await?;
        let command = FloorCommand::Deny { request_id, at };
        self.on_floor(context, session_id, Action::Deny, sealed, command).await
    }

    /// Seals what the chair says about an open request, under the key of the one who made it.
    pub(super) async fn seal_reason(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        request_id: SpeechRequestId,
        reason: Option<PersonalText>,
    ) -> Result<Option<SealedPart>, UseCaseError> {
        self.known_session(context.tenant, session_id).await?;
        match self.requester(context, session_id, request_id).await? {
            Some(person) => {
                let part = PersonalPart::of([("reason", reason)]);
                self.seal(context, session_id, Subject::Person(person), &part).await
            }
            // Nobody to seal it for: the rules refuse it, unless it was done before under the same key.
            None if !context.may_repeat => Err(FloorError::NoSuchRequest { request_id }.into()),
            None => Ok(None),
        }
    }
}

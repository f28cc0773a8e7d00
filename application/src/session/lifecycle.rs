//! Start, end, cancel and seal a session.

use acta_domain::{SessionCommand, SessionError, SessionId};
use acta_proof::sealed::SealedPart;

use crate::persons::{PersonalPart, PersonalText, Subject};
use crate::{Accepted, CommandContext, UseCaseError, UseCases};

impl UseCases {
    /// Starts a scheduled session.
    ///
    /// # Errors
    /// See [`UseCaseError`].
    pub async fn start_session(
        &self,
        context: &CommandContext,
        session_id: SessionId,
    ) -> Result<Accepted, UseCaseError> {
        let at = self.ports.clock.now();
        self.change_session(context, session_id, None, &SessionCommand::Start { at }).await
    }

    /// Ends an active session.
    ///
    /// # Errors
    /// See [`UseCaseError`].
    pub async fn end_session(
        &self,
        context: &CommandContext,
        session_id: SessionId,
    ) -> Result<Accepted, UseCaseError> {
        let at = self.ports.clock.now();
        self.change_session(context, session_id, None, &SessionCommand::End { at }).await
    }

    /// Cancels a session that has not started; `reason` is sealed.
    ///
    /// # Errors
    /// See [`UseCaseError`].
    pub async fn cancel_session(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        reason: Option<PersonalText>,
    ) -> Result<Accepted, UseCaseError> {
        self.known_session(context.tenant, session_id).await?;
        let at = self.ports.clock.now();
        let part = PersonalPart::of([("reason", reason)]);
        let sealed = self.ports.persons.seal(context.tenant, session_id, Subject::Session, &part).await?;
        self.change_session(context, session_id, sealed, &SessionCommand::Cancel { at }).await
    }

    /// Closes the record of a session that is over: nothing can be added any more, and its next head says so.
    ///
    /// # Errors
    /// See [`UseCaseError`].
    pub async fn seal_session(
        &self,
        context: &CommandContext,
        session_id: SessionId,
    ) -> Result<Accepted, UseCaseError> {
        let at = self.ports.clock.now();
        self.change_session(context, session_id, None, &SessionCommand::Seal { at }).await
    }

    pub(super) async fn change_session(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        sealed: Option<SealedPart>,
        command: &SessionCommand,
    ) -> Result<Accepted, UseCaseError> {
        self.carry_out_on_session(context, session_id, sealed, |session, _| {
            match session.decide(command.clone()) {
                Err(SessionError::NotCreated) => Err(UseCaseError::UnknownSession),
                decided => Ok(decided?),
            }
        })
        .await
    }
}

//! Start, end, cancel and seal a session.

use acta_domain::{SessionCommand, SessionId};

use super::decide_in_turn;
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
        self.counting_start(context, session_id, async {
            if let Err(refusal) = self.must_be_active_tenant(context).await {
                return self.first_outcome(context, refusal).await;
            }
            let at = self.ports.clock.now();
            let command = SessionCommand::Start { at };
            self.with_room_for_session(context, self.change_session(context, session_id, &command)).await
        })
        .await
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
        self.change_session(context, session_id, &SessionCommand::End { at }).await
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
        let sealed = self.seal(context, session_id, Subject::Session, &part).await?;
        let describe = sealed.as_ref().map(|_| SessionCommand::Describe { at });
        let commands: Vec<_> = [SessionCommand::Cancel { at }].into_iter().chain(describe).collect();
        self.carry_out_on_session(context, session_id, sealed, |session, _| {
            decide_in_turn(session, commands.iter().cloned())
        })
        .await
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
        self.change_session(context, session_id, &SessionCommand::Seal { at }).await
    }

    pub(super) async fn change_session(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        command: &SessionCommand,
    ) -> Result<Accepted, UseCaseError> {
        self.carry_out_on_session(context, session_id, None, |session, _| {
            decide_in_turn(session, [command.clone()])
        })
        .await
    }
}

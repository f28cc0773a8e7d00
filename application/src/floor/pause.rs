//! Interrupt a turn, and let it go on.

use acta_domain::{FloorCommand, SessionId, SpeechRequestId};

use super::measures::Action;
use crate::{Accepted, CommandContext, UseCaseError, UseCases};

impl UseCases {
    /// Interrupts a turn: its clock stands.
    ///
    /// # Errors
    /// See [`UseCaseError`].
    pub async fn pause_turn(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        request_id: SpeechRequestId,
    ) -> Result<Accepted, UseCaseError> {
        let at = self.ports.clock.now();
        let command = FloorCommand::Pause { request_id, at };
        self.on_floor(context, session_id, Action::Pause, None, command).await
    }

    /// Lets a paused turn go on with the time that it had left.
    ///
    /// # Errors
    /// See [`UseCaseError`].
    pub async fn resume_turn(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        request_id: SpeechRequestId,
    ) -> Result<Accepted, UseCaseError> {
        let at = self.ports.clock.now();
        let command = FloorCommand::Resume { request_id, at };
        self.on_floor(context, session_id, Action::Resume, None, command).await
    }
}

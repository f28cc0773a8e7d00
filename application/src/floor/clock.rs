//! What the clock does on the floor.

use acta_domain::{FinishedBy, FloorCommand, SessionId, SpeechRequestId};

use super::measures::Action;
use crate::{Accepted, CommandContext, UseCaseError, UseCases};

impl UseCases {
    /// Warns a speaker that their time is nearly up.
    ///
    /// # Errors
    /// See [`UseCaseError`].
    pub async fn warn_turn_by_clock(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        request_id: SpeechRequestId,
    ) -> Result<Accepted, UseCaseError> {
        let at = self.ports.clock.now();
        let command = FloorCommand::Warn { request_id, at };
        self.on_floor(context, session_id, Action::Warn, None, command).await
    }

    /// Ends a turn whose time is up.
    ///
    /// # Errors
    /// See [`UseCaseError`].
    pub async fn finish_speech_by_clock(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        request_id: SpeechRequestId,
    ) -> Result<Accepted, UseCaseError> {
        let at = self.ports.clock.now();
        let command = FloorCommand::Finish { request_id, by: FinishedBy::Clock, at };
        self.on_floor(context, session_id, Action::FinishByClock, None, command).await
    }
}

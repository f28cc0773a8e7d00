//! Mute and unmute.

use acta_domain::{FloorCommand, PersonId, SessionId};

use super::measures::Action;
use crate::{Accepted, CommandContext, UseCaseError, UseCases};

impl UseCases {
    /// Mutes a person: they cannot be given a turn.
    ///
    /// # Errors
    /// See [`UseCaseError`].
    pub async fn mute_attendee(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        person_id: PersonId,
    ) -> Result<Accepted, UseCaseError> {
        let at = self.ports.clock.now();
        let command = FloorCommand::Mute { person_id, at };
        self.on_floor(context, session_id, Action::Mute, None, command).await
    }

    /// Takes the mute back.
    ///
    /// # Errors
    /// See [`UseCaseError`].
    pub async fn unmute_attendee(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        person_id: PersonId,
    ) -> Result<Accepted, UseCaseError> {
        let at = self.ports.clock.now();
        let command = FloorCommand::Unmute { person_id, at };
        self.on_floor(context, session_id, Action::Unmute, None, command).await
    }
}

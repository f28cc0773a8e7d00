//! Leaving, and coming back.

use acta_domain::{AttendanceCommand, AttendanceMethod, PersonId, SessionId};

use super::AttendanceRecorded;
use crate::{CommandContext, UseCaseError, UseCases};

impl UseCases {
    /// Records that somebody left.
    ///
    /// # Errors
    /// See [`UseCaseError`].
    pub async fn mark_left(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        person_id: PersonId,
    ) -> Result<AttendanceRecorded, UseCaseError> {
        let at = self.ports.clock.now();
        let leave = |_| AttendanceCommand::Leave { person_id, at };
        let accepted = self.attend(context, session_id, None, leave).await?;
        Ok(AttendanceRecorded { person_id, accepted })
    }

    /// Records that somebody who had left is back.
    ///
    /// # Errors
    /// See [`UseCaseError`].
    pub async fn mark_returned(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        person_id: PersonId,
    ) -> Result<AttendanceRecorded, UseCaseError> {
        let at = self.ports.clock.now();
        let come_back = |capacity| AttendanceCommand::Return {
            person_id,
            method: AttendanceMethod::Manual,
            evidence: None,
            capacity,
            at,
        };
        let returning = self.attend(context, session_id, None, come_back);
        let accepted = self.with_room_for_participant(context, returning).await?;
        Ok(AttendanceRecorded { person_id, accepted })
    }
}

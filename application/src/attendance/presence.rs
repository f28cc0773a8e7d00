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
        self.attend(context, session_id, person_id, None, |_| AttendanceCommand::Leave { person_id, at })
            .await
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
        self.enter(context, session_id, person_id, None, |capacity| AttendanceCommand::Return {
            person_id,
            method: AttendanceMethod::Manual,
            evidence: None,
            capacity,
            at,
        })
        .await
    }
}

//! Import the list of those who may attend.

use acta_domain::{AnyEvent, AttendanceCommand, AttendanceEvent, EligiblePerson, RollId, SessionId};

use crate::clock::time_ordered_id;
use crate::{Accepted, CommandContext, UseCaseError, UseCases};

/// A list that is in force.
#[derive(Debug, Clone, Copy)]
pub struct ImportedRoll {
    /// The list's own id.
    pub roll_id: RollId,
    /// How many people are in it.
    pub people: usize,
    /// Where it stands.
    pub accepted: Accepted,
}

impl UseCases {
    /// Replaces the list of those who may attend a session. People who are in already stay in.
    ///
    /// # Errors
    /// [`UseCaseError::Attendance`] for a list that is empty or too long, or has somebody twice; else see [`UseCaseError`].
    pub async fn import_eligibility(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        people: Vec<EligiblePerson>,
    ) -> Result<ImportedRoll, UseCaseError> {
        let at = self.ports.clock.now();
        let fresh = RollId::new(time_ordered_id(at, &*self.ports.randomness));
        let command = |_| AttendanceCommand::ImportEligibility { roll_id: fresh, people: people.clone(), at };
        let accepted = self.attend(context, session_id, None, command).await?;
        let roll_id = if accepted.repeated { self.imported_as(context, accepted).await? } else { fresh };
        Ok(ImportedRoll { roll_id, people: people.len(), accepted })
    }

    /// A repeated command has imported its list the first time, under another id than the one made now.
    async fn imported_as(
        &self,
        context: &CommandContext,
        accepted: Accepted,
    ) -> Result<RollId, UseCaseError> {
        let event = self.event_at(context, accepted.appended.first).await?;
        match event.map(|event| event.decode()).transpose()? {
            Some(AnyEvent::Attendance(AttendanceEvent::EligibilityImported { roll_id, .. })) => Ok(roll_id),
            _ => Err(UseCaseError::KeyReused),
        }
    }
}

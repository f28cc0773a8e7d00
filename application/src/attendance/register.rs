//! Register an attendee by hand, at the door.

use acta_domain::{AttendanceCommand, AttendanceMethod, PersonId, SessionId, VotingWeight};

use super::{AttendanceRecorded, Contact};
use crate::persons::Subject;
use crate::{CommandContext, UseCaseError, UseCases};

/// Somebody whom an authorised person lets in.
#[derive(Debug, Clone)]
pub struct RegisterAttendee {
    /// Who, by opaque id.
    pub person_id: PersonId,
    /// The weight of their vote.
    pub voting_weight: Option<VotingWeight>,
    /// How they are called and reached.
    pub contact: Contact,
}

impl UseCases {
    /// Registers an attendee by hand; somebody who was in and left returns.
    ///
    /// # Errors
    /// See [`UseCaseError`].
    pub async fn register_attendee(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        input: RegisterAttendee,
    ) -> Result<AttendanceRecorded, UseCaseError> {
        self.known_session(context.tenant, session_id).await?;
        let (person_id, voting_weight, at) = (input.person_id, input.voting_weight, self.ports.clock.now());
        let subject = Subject::Person(person_id);
        let sealed = self.seal(context, session_id, subject, &input.contact.into()).await?;
        self.enter(context, session_id, person_id, sealed, |capacity| AttendanceCommand::Validate {
            person_id,
            method: AttendanceMethod::Manual,
            evidence: None,
            voting_weight,
            capacity,
            at,
        })
        .await
    }
}

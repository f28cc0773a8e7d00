//! Register an attendee by hand, at the door.

use acta_domain::{AttendanceMethod, Entrance, PersonId, SessionId, VotingWeight};

use super::admit::Admission;
use super::{AttendanceRecorded, Contact};
use crate::persons::{PersonalPart, PersonalText, Subject};
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
    /// Where they were, as a geo URI (RFC 5870), if they agreed that it is kept; sealed.
    pub location: Option<PersonalText>,
    /// Why they are let in although they may not attend or the session is full; sealed, and recorded only where that is so. Without
    /// it they are refused then.
    pub override_reason: Option<PersonalText>,
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
        let outcome = self.let_in_by_hand(context, session_id, input).await;
        self.answer_at_the_door(context, AttendanceMethod::Manual, outcome).await
    }

    async fn let_in_by_hand(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        input: RegisterAttendee,
    ) -> Result<AttendanceRecorded, UseCaseError> {
        let RegisterAttendee { person_id, voting_weight, contact, location, override_reason } = input;
        self.must_be_open(context, session_id).await?;
        let eligibility = self.eligibility_by_hand(context, session_id, person_id).await?;
        let override_given = override_reason.is_some();
        let sealed = self.seal_person(context, session_id, person_id, contact.into(), location).await?;
        let reason = PersonalPart::of([("override_reason", override_reason)]);
        let reason = self.seal(context, session_id, Subject::Person(person_id), &reason).await?;
        let entrance = Entrance {
            person_id,
            method: AttendanceMethod::Manual,
            evidence: None,
            code: None,
            voting_weight,
            identified_weight: None,
            eligibility,
            capacity: None,
            override_given,
            at: self.ports.clock.now(),
        };
        self.admit(context, session_id, Admission { entrance, sealed, reason }).await
    }
}

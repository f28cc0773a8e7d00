//! Put on the record that somebody was not let in.

use acta_domain::{AttendanceCommand, AttendanceMethod, PersonId, RefusalReason, SessionId};

use super::{AttendanceRecorded, measures};
use crate::persons::{PersonalPart, PersonalText, Subject};
use crate::{CommandContext, UseCaseError, UseCases};

/// Somebody who was not let in.
#[derive(Debug, Clone)]
pub struct RefuseAttendee {
    /// Who.
    pub person_id: PersonId,
    /// By which method they tried.
    pub method: AttendanceMethod,
    /// Why, as a code.
    pub reason: RefusalReason,
    /// Why, in words; sealed.
    pub note: Option<PersonalText>,
}

impl UseCases {
    /// Records that somebody was not let in.
    ///
    /// # Errors
    /// See [`UseCaseError`].
    pub async fn refuse_attendee(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        input: RefuseAttendee,
    ) -> Result<AttendanceRecorded, UseCaseError> {
        self.known_session(context.tenant, session_id).await?;
        let RefuseAttendee { person_id, method, reason, note } = input;
        let at = self.ports.clock.now();
        let part = PersonalPart::of([("note", note)]);
        let subject = Subject::Person(person_id);
        let sealed = self.seal(context, session_id, subject, &part).await?;
        let refuse = |_| AttendanceCommand::Refuse { person_id, method, reason, at };
        let accepted = self.attend(context, session_id, sealed, refuse).await?;
        if !accepted.repeated {
            measures::count_refusal(method, reason);
        }
        Ok(AttendanceRecorded { person_id, accepted })
    }
}

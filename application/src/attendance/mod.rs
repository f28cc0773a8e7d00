//! Attendance: who was there, when, and how that is known.

mod contact;
mod issue_qr;
mod presence;
mod qr;
mod refuse;
mod register;
mod validate_qr;

use acta_domain::{AttendanceCommand, Capacity, PersonId, Session, SessionId};
use acta_proof::sealed::SealedPart;

pub use contact::Contact;
pub use issue_qr::{IssueQr, IssuedQr};
pub use qr::{QrClaims, QrError, QrTokens, VerifiedQr};
pub use refuse::RefuseAttendee;
pub use register::RegisterAttendee;

use crate::{Accepted, CommandContext, UseCaseError, UseCases};

/// A fact about a person's attendance that is on the record.
#[derive(Debug, Clone, Copy)]
pub struct AttendanceRecorded {
    /// Whose.
    pub person_id: PersonId,
    /// Where.
    pub accepted: Accepted,
}

impl UseCases {
    /// As [`Self::attend`], for somebody who comes in: the tenant must have room for them.
    async fn enter(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        person_id: PersonId,
        sealed: Option<SealedPart>,
        command: impl Fn(Option<Capacity>) -> AttendanceCommand,
    ) -> Result<AttendanceRecorded, UseCaseError> {
        match self.has_room_for_participant(context.tenant).await {
            Ok(()) => self.attend(context, session_id, person_id, sealed, command).await,
            Err(full) => {
                Ok(AttendanceRecorded { person_id, accepted: self.first_outcome(context, full).await? })
            }
        }
    }

    /// Carries out what `command` makes of the session's capacity, while the session lets people come and go.
    async fn attend(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        person_id: PersonId,
        sealed: Option<SealedPart>,
        command: impl Fn(Option<Capacity>) -> AttendanceCommand,
    ) -> Result<AttendanceRecorded, UseCaseError> {
        let accepted = self
            .carry_out(&self.attendances, context, session_id, sealed, capacity, |attendance, capacity| {
                Ok(attendance.decide(command(*capacity))?)
            })
            .await?;
        Ok(AttendanceRecorded { person_id, accepted })
    }
}

/// The session's capacity, if people may come and go now.
fn capacity(session: &Session) -> Result<Option<Capacity>, UseCaseError> {
    let status = session.status().ok_or(UseCaseError::UnknownSession)?;
    if !session.accepts_presence() {
        let wanted = "people can come and go until it ends";
        return Err(UseCaseError::WrongState { state: status.as_str(), wanted });
    }
    Ok(session.limits().and_then(|limits| limits.capacity))
}

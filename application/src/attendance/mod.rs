//! Attendance: who was there, when, and how that is known.

mod admit;
mod contact;
mod eligibility;
mod evidence_key;
mod import_eligibility;
mod issue_code;
mod issue_qr;
pub(crate) mod measures;
mod presence;
mod qr;
mod refuse;
mod register;
mod validate_biometric;
mod validate_code;
mod validate_qr;

use acta_domain::{AttendanceCommand, Capacity, PersonId, Session, SessionId};
use acta_proof::sealed::SealedPart;

pub use contact::Contact;
pub use evidence_key::EvidenceKey;
pub use import_eligibility::ImportedRoll;
pub use issue_code::{IssueCode, IssuedCode};
pub use issue_qr::{IssueQr, IssuedQr};
pub use qr::{QrClaims, QrError, QrTokens, VerifiedQr};
pub use refuse::RefuseAttendee;
pub use register::RegisterAttendee;
pub use validate_biometric::ValidateBiometric;
pub use validate_code::{CodeError, ValidateCode};
pub use validate_qr::ValidateQr;

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
    /// Carries out what `command` makes of the session's capacity, while the session lets people come and go.
    async fn attend(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        sealed: Option<SealedPart>,
        command: impl Fn(Option<Capacity>) -> AttendanceCommand,
    ) -> Result<Accepted, UseCaseError> {
        self.carry_out(&self.attendances, context, session_id, sealed, capacity, |attendance, capacity| {
            attendance.decide(command(*capacity)).map_err(admit::refusal)
        })
        .await
    }

    /// Carries `entrance` out if one more person may be present in the tenant.
    async fn with_room_for_participant(
        &self,
        context: &CommandContext,
        entrance: impl Future<Output = Result<Accepted, UseCaseError>>,
    ) -> Result<Accepted, UseCaseError> {
        match self.has_room_for_participant(context).await {
            Ok(()) => entrance.await,
            Err(full) => self.first_outcome(context, full).await,
        }
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

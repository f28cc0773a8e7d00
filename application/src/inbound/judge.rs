//! What a refusal means for the message.

use acta_domain::{SessionError, SessionStatus};

use super::{Failure, Reason, Verdict};
use crate::UseCaseError;
use crate::log::AppendError;

/// The verdict that `error` means: by its variant, never by its text.
pub(super) fn judge(error: UseCaseError) -> Result<Verdict, Failure> {
    match error {
        UseCaseError::Session(refusal) => Ok(refused(&refusal)),
        UseCaseError::UnknownSession => Ok(Verdict::NotYet(Reason::NoSession)),
        // Somebody else's session is none of this tenant's, and never will be.
        UseCaseError::Log(AppendError::Foreign { .. }) => Ok(Verdict::Never(Reason::NoSession)),
        // Others end, and a tenant may become active again.
        UseCaseError::TenantInactive
        | UseCaseError::TooManySessions { .. }
        | UseCaseError::TooManyParticipants { .. } => Ok(Verdict::NotYet(Reason::Refused(error.to_string()))),
        UseCaseError::KeyReused => Ok(Verdict::Never(Reason::IdReused)),
        UseCaseError::UnknownPerson
        | UseCaseError::Attendance(_)
        | UseCaseError::Floor(_)
        | UseCaseError::Transcript(_)
        | UseCaseError::Issuer(_)
        | UseCaseError::WrongState { .. }
        | UseCaseError::VersionMismatch { .. }
        | UseCaseError::Qr(_)
        | UseCaseError::Code(_)
        | UseCaseError::Evidence(_)
        | UseCaseError::Presence(_)
        | UseCaseError::NotYours
        | UseCaseError::Seal(_)
        | UseCaseError::Encode(_)
        | UseCaseError::TooLarge => Ok(Verdict::Never(Reason::Refused(error.to_string()))),
        UseCaseError::Keys(_)
        | UseCaseError::Neighbour(_)
        | UseCaseError::Uncounted(_)
        | UseCaseError::Contended
        | UseCaseError::Doubtful(_)
        | UseCaseError::Log(_)
        | UseCaseError::Read(_)
        | UseCaseError::Unreadable(_) => Err(error.into()),
    }
}

fn refused(refusal: &SessionError) -> Verdict {
    match refusal {
        SessionError::NotCreated => Verdict::NotYet(Reason::NoSession),
        SessionError::NotActive { status: SessionStatus::Scheduled } => {
            Verdict::NotYet(Reason::SessionNotStarted)
        }
        SessionError::VoteNotOpen { .. } => Verdict::NotYet(Reason::VoteNotStarted),
        SessionError::VoteStillOpen { .. } => Verdict::NotYet(Reason::VoteStillOpen),
        SessionError::NotActive { status: SessionStatus::Cancelled }
        | SessionError::NotScheduled { status: SessionStatus::Cancelled } => {
            Verdict::Never(Reason::SessionCancelled)
        }
        SessionError::NotActive { .. } | SessionError::NotScheduled { .. } => {
            Verdict::Never(Reason::SessionOver)
        }
        SessionError::Sealed => Verdict::Never(Reason::SessionSealed),
        SessionError::OtherAssembly { .. } => Verdict::Never(Reason::OtherAssembly),
        SessionError::AssemblyAlreadyCompleted => Verdict::Never(Reason::AssemblyCompleted),
        SessionError::AlreadyCreated
        | SessionError::NotOver { .. }
        | SessionError::AssemblyAlreadyActivated
        | SessionError::NoAssembly
        | SessionError::AlreadyNotified { .. }
        | SessionError::GovernanceDataUnchanged
        | SessionError::VoteAlreadyOpened { .. } => Verdict::Never(Reason::Refused(refusal.to_string())),
    }
}

#[cfg(test)]
mod tests;

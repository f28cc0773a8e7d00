//! What is counted at the door.

use acta_domain::{AttendanceError, AttendanceMethod, RefusalReason};
use metrics::{counter, describe_counter};

use super::{AttendanceRecorded, CodeError, QrError};
use crate::UseCaseError;
use crate::neighbours::EvidenceRefusal;

const VALIDATED: &str = "attendance_validated_total";
const REFUSED: &str = "attendance_refused_total";

/// Counts who came in, unless the command had been sent before, and who was refused for a reason of theirs.
pub(super) fn count(method: AttendanceMethod, outcome: &Result<AttendanceRecorded, UseCaseError>) {
    match outcome {
        Ok(recorded) if recorded.accepted.repeated => {}
        Ok(_) => counter!(VALIDATED, "method" => method.as_str()).increment(1),
        Err(error) => {
            if let Some(reason) = reason(error) {
                refused(method, reason);
            }
        }
    }
}

/// Counts that somebody was turned away by hand.
pub(super) fn count_refusal(method: AttendanceMethod, reason: RefusalReason) {
    refused(method, reason.as_str());
}

fn refused(method: AttendanceMethod, reason: &'static str) {
    counter!(REFUSED, "method" => method.as_str(), "reason" => reason).increment(1);
}

/// Why somebody was refused; [`None`] where it was not about them.
const fn reason(error: &UseCaseError) -> Option<&'static str> {
    Some(match error {
        UseCaseError::Attendance(AttendanceError::AlreadyPresent) => "already_present",
        UseCaseError::Attendance(AttendanceError::NotEligible) => RefusalReason::NotEligible.as_str(),
        UseCaseError::Attendance(AttendanceError::CapacityReached { .. })
        | UseCaseError::TooManyParticipants { .. } => RefusalReason::CapacityReached.as_str(),
        UseCaseError::Attendance(AttendanceError::EvidenceReplayed)
        | UseCaseError::Evidence(EvidenceRefusal::Used) => RefusalReason::EvidenceReplayed.as_str(),
        UseCaseError::Qr(QrError::Invalid) | UseCaseError::Evidence(EvidenceRefusal::NotAccepted) => {
            RefusalReason::IdentityNotVerified.as_str()
        }
        UseCaseError::Qr(QrError::Expired) | UseCaseError::Evidence(EvidenceRefusal::Expired) => "expired",
        UseCaseError::Qr(QrError::OtherSession) | UseCaseError::Evidence(EvidenceRefusal::OtherSession) => {
            "other_session"
        }
        UseCaseError::Qr(QrError::OtherPerson) | UseCaseError::Evidence(EvidenceRefusal::OtherPerson) => {
            "other_person"
        }
        UseCaseError::Code(CodeError::None) => "no_code",
        UseCaseError::Code(CodeError::Wrong { .. }) => "code_wrong",
        UseCaseError::Neighbour(_) => "neighbour_failed",
        _ => return None,
    })
}

/// Says what is counted, to whichever recorder is installed.
pub(crate) fn describe() {
    describe_counter!(VALIDATED, "People who were let in, by method; each time once");
    for method in AttendanceMethod::ALL {
        let _registered = counter!(VALIDATED, "method" => method.as_str());
    }
    describe_counter!(REFUSED, "People who were not let in, by method and reason");
}

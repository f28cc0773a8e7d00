//! Why attendance refuses.

use crate::ids::PersonId;
use crate::values::{AttendanceMethod, Capacity};

/// Why a command to a session's attendance was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AttendanceError {
    /// The person is in already.
    #[error("the person is already present")]
    AlreadyPresent,
    /// The person is not in.
    #[error("the person is not present")]
    NotPresent,
    /// The person was never in, so they cannot return.
    #[error("the person has never been present")]
    NeverPresent,
    /// As many people are present as may be.
    #[error("the session is full: {capacity} are present")]
    CapacityReached {
        /// How many may be present.
        capacity: Capacity,
    },
    /// The person is not among those who may attend.
    #[error("the person is not among those who may attend")]
    NotEligible,
    /// The method needs evidence and none was given.
    #[error("attendance by {method} needs evidence")]
    EvidenceMissing {
        /// The method.
        method: AttendanceMethod,
    },
    /// The evidence was used before in this session, by whomever.
    #[error("the evidence was used before")]
    EvidenceReplayed,
    /// The person has no open one-time code, or another one.
    #[error("the person has no open code")]
    NoOpenCode,
    /// The time of the person's one-time code is over.
    #[error("the code has expired")]
    CodeExpired,
    /// Codes come as a text message or by e-mail.
    #[error("codes come by sms or email, not by {method}")]
    NoCodesBy {
        /// The method that was asked for.
        method: AttendanceMethod,
    },
    /// A list without people would let nobody in.
    #[error("the list of those who may attend is empty")]
    NobodyListed,
    /// The list has more people than one may have.
    #[error("a list of those who may attend has at most {most} people")]
    TooManyListed {
        /// How many it may have.
        most: usize,
    },
    /// Somebody is in the list twice.
    #[error("{person_id} is in the list twice")]
    ListedTwice {
        /// Who.
        person_id: PersonId,
    },
}

//! Why attendance refuses.

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
    /// The method needs evidence and none was given.
    #[error("attendance by {method} needs evidence")]
    EvidenceMissing {
        /// The method.
        method: AttendanceMethod,
    },
    /// The evidence was used before in this session, by whomever.
    #[error("the evidence was used before")]
    EvidenceReplayed,
}

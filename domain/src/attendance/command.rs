//! What can be asked of a session's attendance.

use crate::ids::PersonId;
use crate::values::{AttendanceMethod, Capacity, EvidenceDigest, RefusalReason, Timestamp, VotingWeight};

/// A command to a session's attendance. Every one carries the moment at which it is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttendanceCommand {
    /// Let somebody in whose identity and right were checked. Somebody who had left comes back, with their first weight.
    Validate {
        /// The person.
        person_id: PersonId,
        /// How they showed who they are.
        method: AttendanceMethod,
        /// Digest of what they showed; only `manual` goes without.
        evidence: Option<EvidenceDigest>,
        /// What their vote counts, when they have one.
        voting_weight: Option<VotingWeight>,
        /// Fact of the session: how many may be present at once.
        capacity: Option<Capacity>,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// Note that somebody was not let in. Always possible: an attempt is a fact, even when the person is inside already.
    Refuse {
        /// The person.
        person_id: PersonId,
        /// How they tried.
        method: AttendanceMethod,
        /// Why not.
        reason: RefusalReason,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// Note that somebody left.
    Leave {
        /// The person.
        person_id: PersonId,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// Let somebody back in who had left.
    Return {
        /// The person.
        person_id: PersonId,
        /// How they showed who they are.
        method: AttendanceMethod,
        /// Digest of what they showed; only `manual` goes without.
        evidence: Option<EvidenceDigest>,
        /// Fact of the session: how many may be present at once.
        capacity: Option<Capacity>,
        /// The moment of the decision.
        at: Timestamp,
    },
}

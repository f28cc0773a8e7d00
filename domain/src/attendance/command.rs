//! What can be asked of a session's attendance.

use crate::ids::{CodeId, PersonId, RollId};
use crate::values::{AttendanceMethod, Capacity, EvidenceDigest, RefusalReason, Timestamp, VotingWeight};

use super::EligiblePerson;

/// A command to a session's attendance. Every one carries the moment at which it is decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttendanceCommand {
    /// Let somebody in whose identity was checked. Somebody who had left comes back, with their first weight.
    Validate(Entrance),
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
    /// Note that a wrong code was shown in place of the person's open one.
    RefuseCode {
        /// The person.
        person_id: PersonId,
        /// The code that was to be shown.
        code_id: CodeId,
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
    /// Give somebody a one-time code; the one that they had before is good for nothing any more.
    IssueCode {
        /// The person.
        person_id: PersonId,
        /// The code's own id.
        code_id: CodeId,
        /// How it reaches them: `sms` or `email`.
        method: AttendanceMethod,
        /// Keyed digest of the code.
        evidence: EvidenceDigest,
        /// Until when it is good.
        expires_at: Timestamp,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// Replace the list of those who may attend.
    ImportEligibility {
        /// The list's own id.
        roll_id: RollId,
        /// The people, at least one, none of them twice.
        people: Vec<EligiblePerson>,
        /// The moment of the decision.
        at: Timestamp,
    },
}

/// Somebody who wants in, and what was found out about them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entrance {
    /// The person.
    pub person_id: PersonId,
    /// How they showed who they are.
    pub method: AttendanceMethod,
    /// Digest of what they showed; only `manual` goes without.
    pub evidence: Option<EvidenceDigest>,
    /// The one-time code of this session that they showed, if it was one: it must be open still.
    pub code: Option<CodeId>,
    /// What their vote counts, where whoever lets them in says so.
    pub voting_weight: Option<VotingWeight>,
    /// What their vote counts according to whoever identified them; the list of those who may attend goes before it.
    pub identified_weight: Option<VotingWeight>,
    /// Fact of the user profiles: whether they may attend. A list that was imported goes before it.
    pub eligibility: Eligibility,
    /// Fact of the session: how many may be present at once.
    pub capacity: Option<Capacity>,
    /// Whether whoever runs the session lets them in against eligibility and capacity.
    pub override_given: bool,
    /// The moment of the decision.
    pub at: Timestamp,
}

/// What is known from elsewhere of somebody's right to attend.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Eligibility {
    /// Nobody was asked: everybody may.
    #[default]
    NotAsked,
    /// They may, with this weight if they have one.
    Eligible(Option<VotingWeight>),
    /// They may not.
    NotEligible,
    /// Whoever knows did not answer.
    Unknown,
}

impl Eligibility {
    /// What their vote counts, where that is known with their right.
    pub const fn voting_weight(self) -> Option<VotingWeight> {
        match self {
            Self::Eligible(weight) => weight,
            Self::NotAsked | Self::NotEligible | Self::Unknown => None,
        }
    }
}

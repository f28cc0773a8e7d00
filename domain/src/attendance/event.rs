//! What happened to a session's attendance.

use cqrs_es::DomainEvent;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{CodeId, PersonId, RollId};
use crate::values::{
    AttendanceMethod, AttendanceRule, EvidenceDigest, RefusalReason, Timestamp, VotingWeight,
};

/// Somebody who may attend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EligiblePerson {
    /// The person.
    pub person_id: PersonId,
    /// What their vote counts, when they have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "VotingWeight")]
    pub voting_weight: Option<VotingWeight>,
}

/// A fact about who is in the room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", deny_unknown_fields)]
pub enum AttendanceEvent {
    /// A person was let in for the first time.
    #[serde(rename = "attendance.validated.v1")]
    Validated {
        /// The person.
        person_id: PersonId,
        /// How they showed who they are.
        method: AttendanceMethod,
        /// SHA-256 of what they showed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(with = "EvidenceDigest")]
        evidence: Option<EvidenceDigest>,
        /// What their vote counts, when they have one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(with = "VotingWeight")]
        voting_weight: Option<VotingWeight>,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// A person was not let in.
    #[serde(rename = "attendance.refused.v1")]
    Refused {
        /// The person.
        person_id: PersonId,
        /// How they tried.
        method: AttendanceMethod,
        /// Why not.
        reason: RefusalReason,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// A person left.
    #[serde(rename = "attendee.left.v1")]
    Left {
        /// The person.
        person_id: PersonId,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// A person who had left came back, with the voting weight they had.
    #[serde(rename = "attendee.returned.v1")]
    Returned {
        /// The person.
        person_id: PersonId,
        /// How they showed who they are.
        method: AttendanceMethod,
        /// SHA-256 of what they showed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(with = "EvidenceDigest")]
        evidence: Option<EvidenceDigest>,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// A one-time code was made for a person; a code that they had before is good for nothing any more.
    #[serde(rename = "attendance.code-issued.v1")]
    CodeIssued {
        /// The person.
        person_id: PersonId,
        /// The code's own id.
        code_id: CodeId,
        /// How it reaches them: `sms` or `email`.
        method: AttendanceMethod,
        /// Keyed digest of the code: whoever shows the code is recognised by it, and it gives no code.
        evidence: EvidenceDigest,
        /// Until when it is good.
        expires_at: Timestamp,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// The event before this one let a person in although rules of attendance stood against it. Who answers for it is the event's
    /// actor; the reason is in the sealed part.
    #[serde(rename = "attendance.overridden.v1")]
    Overridden {
        /// The person.
        person_id: PersonId,
        /// The rules, at least one, each once.
        rules: Vec<AttendanceRule>,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// The list of those who may attend was replaced. A long list comes in parts that stand one behind the other.
    #[serde(rename = "eligibility.imported.v1")]
    EligibilityImported {
        /// The list's own id, the same in all its parts.
        roll_id: RollId,
        /// Which part this is, from 1.
        part: u32,
        /// How many parts there are.
        parts: u32,
        /// The people of this part, none of them twice in the whole list.
        people: Vec<EligiblePerson>,
        /// The moment of the decision.
        at: Timestamp,
    },
}

impl AttendanceEvent {
    /// The name of the event's type, as in its payload.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Validated { .. } => "attendance.validated.v1",
            Self::Refused { .. } => "attendance.refused.v1",
            Self::Left { .. } => "attendee.left.v1",
            Self::Returned { .. } => "attendee.returned.v1",
            Self::CodeIssued { .. } => "attendance.code-issued.v1",
            Self::Overridden { .. } => "attendance.overridden.v1",
            Self::EligibilityImported { .. } => "eligibility.imported.v1",
        }
    }

    /// The moment of the decision.
    pub const fn at(&self) -> Timestamp {
        match self {
            Self::Validated { at, .. }
            | Self::Refused { at, .. }
            | Self::Left { at, .. }
            | Self::Returned { at, .. }
            | Self::CodeIssued { at, .. }
            | Self::Overridden { at, .. }
            | Self::EligibilityImported { at, .. } => *at,
        }
    }

    /// The person whom the event is about, when it is about one.
    pub const fn person_id(&self) -> Option<PersonId> {
        match self {
            Self::Validated { person_id, .. }
            | Self::Refused { person_id, .. }
            | Self::Left { person_id, .. }
            | Self::Returned { person_id, .. }
            | Self::CodeIssued { person_id, .. }
            | Self::Overridden { person_id, .. } => Some(*person_id),
            Self::EligibilityImported { .. } => None,
        }
    }
}

impl DomainEvent for AttendanceEvent {
    fn event_type(&self) -> String {
        self.name().to_owned()
    }

    fn event_version(&self) -> String {
        "1".to_owned()
    }
}

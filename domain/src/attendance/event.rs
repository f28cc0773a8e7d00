//! What happened to a session's attendance.

use cqrs_es::DomainEvent;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::PersonId;
use crate::values::{AttendanceMethod, EvidenceDigest, RefusalReason, Timestamp, VotingWeight};

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
}

impl AttendanceEvent {
    /// The name of the event's type, as in its payload.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Validated { .. } => "attendance.validated.v1",
            Self::Refused { .. } => "attendance.refused.v1",
            Self::Left { .. } => "attendee.left.v1",
            Self::Returned { .. } => "attendee.returned.v1",
        }
    }

    /// The moment of the decision.
    pub const fn at(&self) -> Timestamp {
        match self {
            Self::Validated { at, .. }
            | Self::Refused { at, .. }
            | Self::Left { at, .. }
            | Self::Returned { at, .. } => *at,
        }
    }

    /// The person whom the event is about.
    pub const fn person_id(&self) -> PersonId {
        match self {
            Self::Validated { person_id, .. }
            | Self::Refused { person_id, .. }
            | Self::Left { person_id, .. }
            | Self::Returned { person_id, .. } => *person_id,
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

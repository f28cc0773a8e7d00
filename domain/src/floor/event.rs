//! What happened on a session's floor.

use cqrs_es::DomainEvent;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{PersonId, SpeechRequestId};
use crate::values::{FinishedBy, Priority, SpeechKind, TimeLimit, Timestamp};

/// A fact about who has the floor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", deny_unknown_fields)]
pub enum FloorEvent {
    /// A person asked for the floor.
    #[serde(rename = "speech.requested.v1")]
    Requested {
        /// The request.
        request_id: SpeechRequestId,
        /// Who asked.
        person_id: PersonId,
        /// What for.
        kind: SpeechKind,
        /// How urgent it is.
        priority: Priority,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// A pending request was taken back.
    #[serde(rename = "speech.withdrawn.v1")]
    Withdrawn {
        /// The request.
        request_id: SpeechRequestId,
        /// Who had asked.
        person_id: PersonId,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// A pending request was given the floor: a turn began.
    #[serde(rename = "speech.approved.v1")]
    Approved {
        /// The request.
        request_id: SpeechRequestId,
        /// Who speaks.
        person_id: PersonId,
        /// How long the turn may take, in seconds; without it, as long as it takes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(with = "TimeLimit")]
        time_limit_seconds: Option<TimeLimit>,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// A pending request was turned down.
    #[serde(rename = "speech.denied.v1")]
    Denied {
        /// The request.
        request_id: SpeechRequestId,
        /// Who had asked.
        person_id: PersonId,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// A turn ended.
    #[serde(rename = "speech.finished.v1")]
    Finished {
        /// The request.
        request_id: SpeechRequestId,
        /// Who spoke.
        person_id: PersonId,
        /// Who ended it.
        by: FinishedBy,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// A person was silenced.
    #[serde(rename = "attendee.muted.v1")]
    Muted {
        /// The person.
        person_id: PersonId,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// A muted person may be heard again.
    #[serde(rename = "attendee.unmuted.v1")]
    Unmuted {
        /// The person.
        person_id: PersonId,
        /// The moment of the decision.
        at: Timestamp,
    },
}

impl FloorEvent {
    /// The name of the event's type, as in its payload.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Requested { .. } => "speech.requested.v1",
            Self::Withdrawn { .. } => "speech.withdrawn.v1",
            Self::Approved { .. } => "speech.approved.v1",
            Self::Denied { .. } => "speech.denied.v1",
            Self::Finished { .. } => "speech.finished.v1",
            Self::Muted { .. } => "attendee.muted.v1",
            Self::Unmuted { .. } => "attendee.unmuted.v1",
        }
    }

    /// The moment of the decision.
    pub const fn at(&self) -> Timestamp {
        match self {
            Self::Requested { at, .. }
            | Self::Withdrawn { at, .. }
            | Self::Approved { at, .. }
            | Self::Denied { at, .. }
            | Self::Finished { at, .. }
            | Self::Muted { at, .. }
            | Self::Unmuted { at, .. } => *at,
        }
    }

    /// The person whom the event is about.
    pub const fn person_id(&self) -> PersonId {
        match self {
            Self::Requested { person_id, .. }
            | Self::Withdrawn { person_id, .. }
            | Self::Approved { person_id, .. }
            | Self::Denied { person_id, .. }
            | Self::Finished { person_id, .. }
            | Self::Muted { person_id, .. }
            | Self::Unmuted { person_id, .. } => *person_id,
        }
    }
}

impl DomainEvent for FloorEvent {
    fn event_type(&self) -> String {
        self.name().to_owned()
    }

    fn event_version(&self) -> String {
        "1".to_owned()
    }
}

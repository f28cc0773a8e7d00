//! What happened on a session's floor.

use cqrs_es::DomainEvent;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{PersonId, SpeechRequestId};
use crate::values::{
    FinishedBy, GroupName, Priority, SpeechKind, TimeBudget, TimeLimit, Timestamp, WarningTime,
};

use super::{OverriddenRule, QueuePolicy, TimeAccount};

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
    /// The rules of the floor were set; they hold from here on.
    #[serde(rename = "floor.rules-set.v1")]
    RulesSet {
        /// In which order the waiting are called.
        queue_policy: QueuePolicy,
        /// How many seconds before the end of its time a turn is warned; without it, a fifth of its limit, at most 30.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(with = "WarningTime")]
        warning_seconds: Option<WarningTime>,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// A person was put into a group, or taken out of theirs.
    #[serde(rename = "floor.group-assigned.v1")]
    GroupAssigned {
        /// The person.
        person_id: PersonId,
        /// Their group from here on; without it, none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(with = "GroupName")]
        group: Option<GroupName>,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// It was set how long a person or a group may speak altogether.
    #[serde(rename = "time-account.set.v1")]
    TimeAccountSet {
        /// Whose time it is.
        account: TimeAccount,
        /// How long altogether, in seconds; without it, as long as it takes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(with = "TimeBudget")]
        limit_seconds: Option<TimeBudget>,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// A speaker was warned that their time is nearly up.
    #[serde(rename = "turn.warned.v1")]
    Warned {
        /// The request.
        request_id: SpeechRequestId,
        /// Who speaks.
        person_id: PersonId,
        /// How many seconds they had left, a part of one counting as one.
        remaining_seconds: WarningTime,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// A turn was interrupted: its clock stands.
    #[serde(rename = "turn.paused.v1")]
    Paused {
        /// The request.
        request_id: SpeechRequestId,
        /// Who has the turn.
        person_id: PersonId,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// A turn that was paused goes on with the time that it had left.
    #[serde(rename = "turn.resumed.v1")]
    Resumed {
        /// The request.
        request_id: SpeechRequestId,
        /// Who speaks.
        person_id: PersonId,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// The chair gave a turn against the rules; the reason is in the sealed part. It follows the approval that it explains.
    #[serde(rename = "floor.overridden.v1")]
    Overridden {
        /// The request that was approved.
        request_id: SpeechRequestId,
        /// Who was given the turn.
        person_id: PersonId,
        /// The rules that would have refused it.
        rules: Vec<OverriddenRule>,
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
            Self::RulesSet { .. } => "floor.rules-set.v1",
            Self::GroupAssigned { .. } => "floor.group-assigned.v1",
            Self::TimeAccountSet { .. } => "time-account.set.v1",
            Self::Warned { .. } => "turn.warned.v1",
            Self::Paused { .. } => "turn.paused.v1",
            Self::Resumed { .. } => "turn.resumed.v1",
            Self::Overridden { .. } => "floor.overridden.v1",
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
            | Self::Unmuted { at, .. }
            | Self::RulesSet { at, .. }
            | Self::GroupAssigned { at, .. }
            | Self::TimeAccountSet { at, .. }
            | Self::Warned { at, .. }
            | Self::Paused { at, .. }
            | Self::Resumed { at, .. }
            | Self::Overridden { at, .. } => *at,
        }
    }

    /// The person whom the event is about, when it names one.
    pub const fn person_id(&self) -> Option<PersonId> {
        match self {
            Self::Requested { person_id, .. }
            | Self::Withdrawn { person_id, .. }
            | Self::Approved { person_id, .. }
            | Self::Denied { person_id, .. }
            | Self::Finished { person_id, .. }
            | Self::Muted { person_id, .. }
            | Self::Unmuted { person_id, .. }
            | Self::GroupAssigned { person_id, .. }
            | Self::Warned { person_id, .. }
            | Self::Paused { person_id, .. }
            | Self::Resumed { person_id, .. }
            | Self::Overridden { person_id, .. } => Some(*person_id),
            Self::TimeAccountSet { account, .. } => account.person_id(),
            Self::RulesSet { .. } => None,
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

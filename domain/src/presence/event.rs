//! What the record of presence holds.

use cqrs_es::DomainEvent;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{ChannelId, PersonId};
use crate::values::{Sign, SignalSource, Timestamp};

/// Most signals of one event.
pub const MOST_SIGNALS: usize = 500;

/// What one source saw of one person at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Signal {
    /// The person.
    pub person_id: PersonId,
    /// When it was seen, by the source's clock.
    pub observed_at: Timestamp,
    /// How it became known.
    pub source: SignalSource,
    /// Which of the source's channels: arrivals and departures answer each other inside one.
    pub channel: ChannelId,
    /// What it says.
    pub sign: Sign,
}

/// A fact about who was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", deny_unknown_fields)]
pub enum PresenceEvent {
    /// Signals came in. They are gathered for a moment, so that a crowd that comes at once is a few events.
    #[serde(rename = "presence.signalled.v1")]
    Signalled {
        /// The signals, at least one and at most 500, in no particular order.
        signals: Vec<Signal>,
        /// The moment of the decision.
        at: Timestamp,
    },
}

impl PresenceEvent {
    /// The name of the event's type, as in its payload.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Signalled { .. } => "presence.signalled.v1",
        }
    }

    /// The moment of the decision.
    pub const fn at(&self) -> Timestamp {
        match self {
            Self::Signalled { at, .. } => *at,
        }
    }
}

impl DomainEvent for PresenceEvent {
    fn event_type(&self) -> String {
        self.name().to_owned()
    }

    fn event_version(&self) -> String {
        "1".to_owned()
    }
}

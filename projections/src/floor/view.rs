//! The row.

use std::collections::{BTreeMap, VecDeque};

use acta_application::log::{Position, Sequence};
use acta_domain::values::{FinishedBy, Priority, SpeechKind, TimeLimit, Timestamp};
use acta_domain::{PersonId, SpeechRequestId};
use serde::{Deserialize, Serialize};

use crate::StoredPart;

/// How many requests that are over a row keeps, the last ones; all are counted.
pub const KEPT_PAST: usize = 50;

/// The floor of a session as it is now. It stays small however long the session lasts: what is over is counted, not kept.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct FloorView {
    /// Who waits, next first.
    pub queue: Vec<QueuedRequest>,
    /// Who speaks, longest first.
    pub turns: Vec<Turn>,
    /// Who is muted, and since when.
    pub muted: BTreeMap<PersonId, Timestamp>,
    /// How many requests there were.
    pub counters: Counters,
    /// How long each person spoke in turns that are over, in milliseconds.
    pub speaking_ms: BTreeMap<PersonId, u64>,
    /// The last [`KEPT_PAST`] requests that are over, oldest first.
    pub history: VecDeque<Past>,
    /// The last event folded in.
    pub position: Position,
}

/// How many requests there were, by what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counters {
    /// All of them.
    pub requested: u64,
    /// Were given a turn.
    pub approved: u64,
    /// Were denied one.
    pub denied: u64,
    /// Were taken back.
    pub withdrawn: u64,
    /// Had their turn, and it is over.
    pub finished: u64,
}

/// A request that waits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QueuedRequest {
    /// Its id.
    pub request_id: SpeechRequestId,
    /// Whose.
    pub person_id: PersonId,
    /// What for.
    pub kind: SpeechKind,
    /// How urgent.
    pub priority: Priority,
    /// Place in the floor's stream: first come, first served.
    pub arrival: Sequence,
    /// When it was made.
    pub requested_at: Timestamp,
    /// What they wish to speak about, as ciphertext.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<StoredPart>,
}

/// A turn that runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    /// The request that was approved.
    pub request: QueuedRequest,
    /// Since when they speak.
    pub approved_at: Timestamp,
    /// How long they may, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_limit_seconds: Option<TimeLimit>,
    /// When that is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Timestamp>,
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum Outcome {
    /// They spoke.
    Finished {
        /// Who ended the turn.
        by: FinishedBy,
        /// How long it was, in milliseconds.
        spoke_ms: u64,
    },
    /// The chair said no.
    Denied {
        /// Why, as ciphertext.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<StoredPart>,
    },
    /// They took it back.
    Withdrawn,
}

/// A request that is over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Past {
    /// Its id.
    pub request_id: SpeechRequestId,
    /// Whose it was.
    pub person_id: PersonId,
    /// What for.
    pub kind: SpeechKind,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// When.
    pub at: Timestamp,
}

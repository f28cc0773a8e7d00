//! The row.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use acta_application::log::{Position, Sequence};
use acta_domain::floor::TurnClock;
use acta_domain::values::{FinishedBy, GroupName, Priority, SpeechKind, TimeBudget, TimeLimit, Timestamp};
use acta_domain::{FloorRules, OverriddenRule, PersonId, SpeechRequestId, TimeAccount};
use serde::{Deserialize, Serialize};

use crate::StoredPart;

/// How many requests that are over a row keeps, the last ones; all are counted.
pub const KEPT_PAST: usize = 50;

/// The floor of a session as it is now. It stays small however long the session lasts: what is over is counted, not kept.
///
/// A row that was kept before the chair could set rules lacks what they brought, and needs none of it: nothing was set. A row of
/// today says no more than that one where nothing was.
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
    /// The rules in force.
    #[serde(default, skip_serializing_if = "is_default")]
    pub rules: FloorRules,
    /// Who is in which group.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub groups: BTreeMap<PersonId, GroupName>,
    /// How long each group spoke in turns that are over, in milliseconds: a turn counts for the group that the speaker is in
    /// when it ends.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub group_speaking_ms: BTreeMap<GroupName, u64>,
    /// How long people and groups may speak altogether; whoever is not named, as long as it takes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub time_limits: BTreeMap<TimeAccount, TimeBudget>,
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
    /// When that is over; not while the turn is paused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Timestamp>,
    /// When they were warned that it nearly is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warned_at: Option<Timestamp>,
    /// Since when the turn is paused, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_since: Option<Timestamp>,
    /// When it last went on after a pause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resumed_at: Option<Timestamp>,
    /// How long they spoke before the last pause, in microseconds.
    #[serde(default, skip_serializing_if = "is_default")]
    pub spoke_micros: u64,
    /// Against which rules it was given, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overridden: Option<Override>,
}

/// Why a turn was given against the rules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Override {
    /// Which rules.
    pub rules: Vec<OverriddenRule>,
    /// The chair's reason, as ciphertext.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<StoredPart>,
}

/// A time account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Whose it is.
    pub account: TimeAccount,
    /// How long they may speak altogether; without it, as long as it takes.
    pub limit: Option<TimeBudget>,
    /// How long they spoke in turns that are over, in milliseconds.
    pub spent_ms: u64,
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

impl FloorView {
    /// Every time account that has a limit or was spent from: those of persons first, then those of groups.
    pub fn accounts(&self) -> Vec<Account> {
        let persons = self.speaking_ms.keys().map(|person| TimeAccount::Person(*person));
        let groups = self.group_speaking_ms.keys().cloned().map(TimeAccount::Group);
        let named: BTreeSet<_> = persons.chain(groups).chain(self.time_limits.keys().cloned()).collect();
        named.into_iter().map(|account| self.account(account)).collect()
    }

    /// One time account, in use or not.
    pub fn account(&self, account: TimeAccount) -> Account {
        let spent_ms = match &account {
            TimeAccount::Person(person) => self.speaking_ms.get(person),
            TimeAccount::Group(group) => self.group_speaking_ms.get(group),
        };
        let spent_ms = spent_ms.copied().unwrap_or(0);
        Account { limit: self.time_limits.get(&account).copied(), spent_ms, account }
    }
}

impl Turn {
    /// How long they spoke until `at`, in milliseconds and without pauses.
    pub fn spoke_ms(&self, at: Timestamp) -> u64 {
        self.clock().spoke_ms(at)
    }

    pub(super) fn clock(&self) -> TurnClock {
        let running_since = self.resumed_at.unwrap_or(self.approved_at);
        TurnClock {
            time_limit: self.time_limit_seconds,
            running_since: self.paused_since.is_none().then_some(running_since),
            ran_micros: self.spoke_micros,
        }
    }

    pub(super) fn pause(&mut self, at: Timestamp) {
        let mut clock = self.clock();
        clock.pause(at);
        self.spoke_micros = clock.ran_micros;
        self.paused_since = Some(at);
        self.ends_at = None;
    }

    pub(super) fn resume(&mut self, at: Timestamp) {
        self.paused_since = None;
        self.resumed_at = Some(at);
        self.ends_at = self.clock().ends_at();
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

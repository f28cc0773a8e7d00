//! The floor as it is.

use acta_domain::{
    FloorRules, GroupName, PersonId, Priority, SpeechKind, SpeechRequestId, TimeAccount, TimeBudget,
    TimeLimit, Timestamp,
};
use acta_projections::floor::{Account, FloorView, QueuedRequest, Turn};
use schemars::JsonSchema;
use serde::Serialize;

use super::OpenedParts;

/// The floor of a session.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct FloorState<'a> {
    /// The rules in force.
    rules: FloorRules,
    /// Who speaks, longest first.
    turns: Vec<RunningTurn<'a>>,
    /// Who waits, next first.
    queue: Vec<WaitingRequest<'a>>,
    /// Who is muted.
    muted: Vec<MutedPerson>,
    /// Who is in which group.
    groups: Vec<GroupMember<'a>>,
    /// How long people and groups have spoken, and how long they may; only those that have spoken, or may not speak for ever.
    accounts: Vec<AccountState>,
}

/// A request that waits, or that was given a turn.
#[derive(Debug, Serialize, JsonSchema)]
struct WaitingRequest<'a> {
    /// Its id.
    request_id: SpeechRequestId,
    /// Whose, by opaque id.
    user_id: PersonId,
    /// What for.
    kind: SpeechKind,
    /// How urgent.
    priority: Priority,
    /// What about; null to readers who may not see it.
    topic: Option<&'a str>,
    /// Whether there is a topic that the reader does not see.
    sealed: bool,
    /// When it was made.
    requested_at: Timestamp,
}

/// A turn that goes on.
#[derive(Debug, Serialize, JsonSchema)]
struct RunningTurn<'a> {
    /// The request that was approved.
    request: WaitingRequest<'a>,
    /// Since when they speak.
    approved_at: Timestamp,
    /// For how many seconds they may.
    #[serde(skip_serializing_if = "Option::is_none")]
    time_limit_seconds: Option<TimeLimit>,
    /// When that is over; absent while the turn is paused.
    #[serde(skip_serializing_if = "Option::is_none")]
    ends_at: Option<Timestamp>,
    /// Whether they were warned that it nearly is.
    warned: bool,
    /// Since when the turn is paused, if it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    paused_at: Option<Timestamp>,
    /// How long they spoke before the last pause, in milliseconds.
    spoke_before_ms: u64,
}

/// Somebody who is muted.
#[derive(Debug, Serialize, JsonSchema)]
struct MutedPerson {
    /// Who, by opaque id.
    user_id: PersonId,
    /// Since when.
    since: Timestamp,
}

/// Somebody who is in a group.
#[derive(Debug, Serialize, JsonSchema)]
struct GroupMember<'a> {
    /// Who, by opaque id.
    user_id: PersonId,
    /// Their group.
    group: &'a GroupName,
}

/// How long a person or a group has spoken, and how long they may.
#[derive(Debug, Serialize, JsonSchema)]
struct AccountState {
    /// Whose time it is.
    account: TimeAccount,
    /// How long altogether, in seconds; absent: as long as it takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    limit_seconds: Option<TimeBudget>,
    /// How long they spoke in turns that are over, in milliseconds.
    spent_ms: u64,
}

impl<'a> FloorState<'a> {
    /// `view`, as somebody sees it who may read names and words, or may not.
    pub(super) fn of(view: &'a FloorView, opened: &'a OpenedParts, may_read: bool) -> Self {
        let waiting = |request| WaitingRequest::of(request, opened, may_read);
        Self {
            rules: view.rules,
            turns: view.turns.iter().map(|turn| RunningTurn::of(turn, waiting(&turn.request))).collect(),
            queue: view.queue.iter().map(waiting).collect(),
            muted: view.muted.iter().map(|(&user_id, &since)| MutedPerson { user_id, since }).collect(),
            groups: view.groups.iter().map(|(&user_id, group)| GroupMember { user_id, group }).collect(),
            accounts: view.accounts().into_iter().map(AccountState::from).collect(),
        }
    }
}

impl<'a> WaitingRequest<'a> {
    fn of(view: &QueuedRequest, opened: &'a OpenedParts, may_read: bool) -> Self {
        let topic = opened.words(view.topic.as_ref(), may_read);
        Self {
            request_id: view.request_id,
            user_id: view.person_id,
            kind: view.kind,
            priority: view.priority,
            topic: topic.text("topic"),
            sealed: topic.is_sealed(),
            requested_at: view.requested_at,
        }
    }
}

impl<'a> RunningTurn<'a> {
    fn of(view: &Turn, request: WaitingRequest<'a>) -> Self {
        Self {
            request,
            approved_at: view.approved_at,
            time_limit_seconds: view.time_limit_seconds,
            ends_at: view.ends_at,
            warned: view.warned_at.is_some(),
            paused_at: view.paused_since,
            spoke_before_ms: view.spoke_micros / 1_000,
        }
    }
}

impl From<Account> for AccountState {
    fn from(view: Account) -> Self {
        Self { account: view.account, limit_seconds: view.limit, spent_ms: view.spent_ms }
    }
}

//! The floor as the API shows it.

mod turn;

use acta_domain::{
    FinishedBy, FloorRules, GroupName, PersonId, Priority, SessionId, SpeechKind, SpeechRequestId,
    TimeAccount, TimeBudget, Timestamp,
};
use acta_projections::floor::{Account, Counters, FloorView, Outcome, Past, QueuedRequest};
use serde::Serialize;
use utoipa::ToSchema;

use self::turn::TurnResource;
use super::rules::SetFloorRulesBody;
use crate::problem::Problem;
use crate::reading::Opener;
use crate::schema;

/// The floor of a session.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Floor)]
pub(crate) struct FloorResource {
    /// What it goes by.
    #[schema(value_type = SetFloorRulesBody)]
    rules: FloorRules,
    /// Who speaks, longest first.
    turns: Vec<TurnResource>,
    /// Who waits, next first.
    queue: Vec<RequestResource>,
    /// Who is muted.
    muted: Vec<MutedResource>,
    /// Which group they speak for who speak for one.
    groups: Vec<GroupResource>,
    /// The time that people and groups have spent or are limited to.
    accounts: Vec<AccountResource>,
    /// How many requests there were.
    counters: CountersResource,
    /// How long each person spoke in turns that are over.
    speaking_times: Vec<SpeakingTimeResource>,
    /// The last requests that are over, oldest first.
    history: Vec<PastResource>,
}

/// A request that waits, or that was given a turn.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SpeechRequest)]
pub(crate) struct RequestResource {
    /// Its id.
    #[schema(value_type = Uuid)]
    request_id: SpeechRequestId,
    /// Whose, by opaque id.
    #[schema(value_type = Uuid)]
    user_id: PersonId,
    /// What for.
    #[schema(value_type = schema::SpeechKind)]
    kind: SpeechKind,
    /// How urgent.
    #[schema(value_type = schema::Priority)]
    priority: Priority,
    /// What about; null to readers who may not see it.
    topic: Option<String>,
    /// Whether there is a topic that the reader does not see.
    sealed: bool,
    /// When it was made.
    #[schema(value_type = schema::Moment)]
    requested_at: Timestamp,
}

/// The group that somebody speaks for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GroupMember)]
pub(crate) struct GroupResource {
    /// Who, by opaque id.
    #[schema(value_type = Uuid)]
    user_id: PersonId,
    /// The group.
    #[schema(value_type = schema::GroupName)]
    group: GroupName,
}

/// The time that a person or a group spent in turns that are over, without pauses.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TimeAccountState)]
pub(crate) struct AccountResource {
    /// Whose.
    #[schema(value_type = schema::TimeAccount)]
    account: TimeAccount,
    /// How much, in milliseconds.
    spent_ms: u64,
    /// How much there is in all, in seconds; without it, any amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::TimeBudget>)]
    limit_seconds: Option<TimeBudget>,
}

/// Somebody who is muted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Muted)]
pub(crate) struct MutedResource {
    /// Who, by opaque id.
    #[schema(value_type = Uuid)]
    user_id: PersonId,
    /// Since when.
    #[schema(value_type = schema::Moment)]
    since: Timestamp,
}

/// How many requests there were, by what became of them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FloorCounters)]
pub(crate) struct CountersResource {
    /// All of them.
    requested: u64,
    /// Were given a turn.
    approved: u64,
    /// Were denied one.
    denied: u64,
    /// Were taken back.
    withdrawn: u64,
    /// Had their turn, and it is over.
    finished: u64,
}

/// How long somebody spoke.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SpeakingTime)]
pub(crate) struct SpeakingTimeResource {
    /// Who, by opaque id.
    #[schema(value_type = Uuid)]
    user_id: PersonId,
    /// How long, in milliseconds.
    spoke_ms: u64,
}

/// What became of a request.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SpeechOutcome)]
pub(crate) enum OutcomeResource {
    /// They spoke.
    Finished,
    /// The chair said no.
    Denied,
    /// They took it back.
    Withdrawn,
}

/// A request that is over.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PastRequest)]
pub(crate) struct PastResource {
    /// Its id.
    #[schema(value_type = Uuid)]
    request_id: SpeechRequestId,
    /// Whose it was, by opaque id.
    #[schema(value_type = Uuid)]
    user_id: PersonId,
    /// What for.
    #[schema(value_type = schema::SpeechKind)]
    kind: SpeechKind,
    /// What became of it.
    outcome: OutcomeResource,
    /// Who ended the turn, if there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::FinishedBy>)]
    finished_by: Option<FinishedBy>,
    /// How long the turn was in milliseconds, if there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    spoke_ms: Option<u64>,
    /// Why it was denied; null to readers who may not see it.
    reason: Option<String>,
    /// Whether there is a reason that the reader does not see.
    sealed: bool,
    /// When.
    #[schema(value_type = schema::Moment)]
    at: Timestamp,
}

impl From<Counters> for CountersResource {
    fn from(view: Counters) -> Self {
        Self {
            requested: view.requested,
            approved: view.approved,
            denied: view.denied,
            withdrawn: view.withdrawn,
            finished: view.finished,
        }
    }
}

impl From<Account> for AccountResource {
    fn from(view: Account) -> Self {
        Self { account: view.account, spent_ms: view.spent_ms, limit_seconds: view.limit }
    }
}

async fn request(
    view: QueuedRequest,
    session: SessionId,
    opener: Opener<'_>,
) -> Result<RequestResource, Problem> {
    let (topic, sealed) = opener.text(session, view.topic.as_ref(), "topic").await?;
    Ok(RequestResource {
        request_id: view.request_id,
        user_id: view.person_id,
        kind: view.kind,
        priority: view.priority,
        topic,
        sealed,
        requested_at: view.requested_at,
    })
}

async fn past(view: Past, session: SessionId, opener: Opener<'_>) -> Result<PastResource, Problem> {
    let mut past = PastResource {
        request_id: view.request_id,
        user_id: view.person_id,
        kind: view.kind,
        outcome: OutcomeResource::Withdrawn,
        finished_by: None,
        spoke_ms: None,
        reason: None,
        sealed: false,
        at: view.at,
    };
    match view.outcome {
        Outcome::Finished { by, spoke_ms } => {
            past.outcome = OutcomeResource::Finished;
            past.finished_by = Some(by);
            past.spoke_ms = Some(spoke_ms);
        }
        Outcome::Denied { reason } => {
            past.outcome = OutcomeResource::Denied;
            (past.reason, past.sealed) = opener.text(session, reason.as_ref(), "reason").await?;
        }
        Outcome::Withdrawn => {}
    }
    Ok(past)
}

impl FloorResource {
    /// `view` at the moment `now`, opened as far as the reader may see.
    pub(super) async fn open(
        view: FloorView,
        session: SessionId,
        now: Timestamp,
        opener: Opener<'_>,
    ) -> Result<Self, Problem> {
        let mut floor = Self {
            rules: view.rules,
            accounts: view.accounts().into_iter().map(Into::into).collect(),
            groups: view
                .groups
                .into_iter()
                .map(|(user_id, group)| GroupResource { user_id, group })
                .collect(),
            turns: Vec::with_capacity(view.turns.len()),
            queue: Vec::with_capacity(view.queue.len()),
            muted: view.muted.into_iter().map(|(user_id, since)| MutedResource { user_id, since }).collect(),
            counters: view.counters.into(),
            speaking_times: view
                .speaking_ms
                .into_iter()
                .map(|(user_id, spoke_ms)| SpeakingTimeResource { user_id, spoke_ms })
                .collect(),
            history: Vec::with_capacity(view.history.len()),
        };
        for one in view.turns {
            floor.turns.push(TurnResource::open(one, session, now, opener).await?);
        }
        for one in view.queue {
            floor.queue.push(request(one, session, opener).await?);
        }
        for one in view.history {
            floor.history.push(past(one, session, opener).await?);
        }
        Ok(floor)
    }
}

//! The floor as the API shows it.

use acta_domain::{
    FinishedBy, PersonId, Priority, SessionId, SpeechKind, SpeechRequestId, TimeLimit, Timestamp,
};
use acta_projections::floor::{Counters, FloorView, Outcome, Past, QueuedRequest, Turn};
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::Problem;
use crate::reading::Opener;
use crate::schema;

/// The floor of a session.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Floor)]
pub(crate) struct FloorResource {
    /// Who speaks, longest first.
    turns: Vec<TurnResource>,
    /// Who waits, next first.
    queue: Vec<RequestResource>,
    /// Who is muted.
    muted: Vec<MutedResource>,
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

/// A turn that runs.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Turn)]
pub(crate) struct TurnResource {
    /// The request that was approved.
    request: RequestResource,
    /// Since when they speak.
    #[schema(value_type = schema::Moment)]
    approved_at: Timestamp,
    /// For how many seconds they may.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::TimeLimit>)]
    time_limit_seconds: Option<TimeLimit>,
    /// When that is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Moment>)]
    ends_at: Option<Timestamp>,
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

async fn turn(view: Turn, session: SessionId, opener: Opener<'_>) -> Result<TurnResource, Problem> {
    Ok(TurnResource {
        request: request(view.request, session, opener).await?,
        approved_at: view.approved_at,
        time_limit_seconds: view.time_limit_seconds,
        ends_at: view.ends_at,
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
    /// `view`, opened as far as the reader may see.
    pub(super) async fn open(
        view: FloorView,
        session: SessionId,
        opener: Opener<'_>,
    ) -> Result<Self, Problem> {
        let mut floor = Self {
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
            floor.turns.push(turn(one, session, opener).await?);
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

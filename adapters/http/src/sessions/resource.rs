//! A session as the API shows it.

use acta_domain::{
    AssemblyId, Capacity, ConcurrentTurns, ContentDigest, InvalidValue, Languages, Limits, Modality,
    PublicId, Schedule, SessionId, SessionStatus, Timestamp, VoteId,
};
use acta_projections::sessions::{GovernanceDataView, GovernanceNotifiedView, SessionView, VoteView};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::extract::given;
use crate::problem::Problem;
use crate::reading::Opener;
use crate::schema;

/// When a session is planned; it ends after it starts.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct ScheduleBody {
    /// The planned start.
    #[schema(value_type = schema::Moment)]
    starts_at: Timestamp,
    /// The planned end.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<schema::Moment>)]
    ends_at: Option<Timestamp>,
}

/// A schedule that a request gives.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "ScheduleBody")]
pub(crate) struct Planned(pub(super) Schedule);

impl TryFrom<ScheduleBody> for Planned {
    type Error = InvalidValue;

    fn try_from(body: ScheduleBody) -> Result<Self, InvalidValue> {
        Schedule::new(body.starts_at, body.ends_at).map(Self)
    }
}

/// How many may come, and speak at once.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct LimitsBody {
    /// How many may be present at once; any number without it.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Capacity>)]
    capacity: Option<Capacity>,
    /// How many may have the floor at once.
    #[serde(default)]
    #[schema(value_type = Option<schema::ConcurrentTurns>)]
    concurrent_turns: ConcurrentTurns,
}

impl From<LimitsBody> for Limits {
    fn from(body: LimitsBody) -> Self {
        Self { capacity: body.capacity, concurrent_turns: body.concurrent_turns }
    }
}

/// A session.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Session)]
pub(crate) struct SessionResource {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub(super) session_id: SessionId,
    /// The pseudonym that public proofs name it by.
    #[schema(value_type = schema::PublicId)]
    public_id: PublicId,
    /// What it is called; null to readers who may not see it.
    title: Option<String>,
    /// Whether there is a title that the reader does not see.
    title_sealed: bool,
    /// Where it is in its life.
    #[schema(value_type = schema::SessionStatus)]
    status: SessionStatus,
    /// Whether its record is sealed: nothing can be added any more.
    sealed: bool,
    /// Where it takes place.
    #[schema(value_type = schema::Modality)]
    modality: Modality,
    /// When it is planned.
    #[schema(value_type = ScheduleBody)]
    schedule: Schedule,
    /// What is spoken; the first is the main one.
    #[schema(value_type = schema::Languages)]
    languages: Languages,
    /// How many may come, and speak at once.
    #[schema(value_type = LimitsBody)]
    limits: Limits,
    /// The assembly whose session it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::AssemblyId>)]
    assembly_id: Option<AssemblyId>,
    /// When it was created.
    #[schema(value_type = schema::Moment)]
    created_at: Timestamp,
    /// When it started.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Moment>)]
    started_at: Option<Timestamp>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Moment>)]
    ended_at: Option<Timestamp>,
    /// When it was cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Moment>)]
    cancelled_at: Option<Timestamp>,
    /// Why it was cancelled, to readers who may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    cancellation_reason: Option<String>,
    /// When its record was sealed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Moment>)]
    sealed_at: Option<Timestamp>,
    /// When the governance service activated the assembly.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Moment>)]
    assembly_activated_at: Option<Timestamp>,
    /// When the governance service completed the assembly.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Moment>)]
    assembly_completed_at: Option<Timestamp>,
    /// What the governance service accepted to be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    governance_notified: Option<GovernanceNotifiedResource>,
    /// What the governance service was last seen to hold of the assembly.
    #[serde(skip_serializing_if = "Option::is_none")]
    governance_data: Option<GovernanceDataResource>,
    /// The votes held in it, oldest first.
    votes: Vec<VoteResource>,
    /// Its version, as in `ETag`.
    #[schema(value_type = schema::Whole)]
    version: u64,
    /// The position of its last event.
    #[schema(value_type = schema::Whole)]
    position: u64,
}

/// When it was recorded that the governance service had accepted what it was told.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GovernanceNotified)]
pub(crate) struct GovernanceNotifiedResource {
    /// That the session began.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Moment>)]
    started_at: Option<Timestamp>,
    /// That it is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Moment>)]
    ended_at: Option<Timestamp>,
}

impl GovernanceNotifiedResource {
    fn of(view: GovernanceNotifiedView) -> Option<Self> {
        let GovernanceNotifiedView { started_at, ended_at } = view;
        (!view.is_empty()).then_some(Self { started_at, ended_at })
    }
}

/// What the governance service held of the assembly.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GovernanceData)]
pub(crate) struct GovernanceDataResource {
    /// SHA-256 of the data as canonical JSON (RFC 8785).
    #[schema(value_type = schema::ContentDigest)]
    digest: ContentDigest,
    /// How many bytes of canonical JSON they are.
    #[schema(value_type = schema::Whole)]
    bytes: u64,
    /// When that was recorded.
    #[schema(value_type = schema::Moment)]
    at: Timestamp,
}

impl From<GovernanceDataView> for GovernanceDataResource {
    fn from(view: GovernanceDataView) -> Self {
        Self { digest: view.digest, bytes: view.bytes, at: view.at }
    }
}

/// A vote held in a session.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Vote)]
pub(crate) struct VoteResource {
    /// As the governance service names it.
    #[schema(value_type = schema::VoteId)]
    vote_id: VoteId,
    /// When it was opened.
    #[schema(value_type = schema::Moment)]
    opened_at: Timestamp,
    /// When it was closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Moment>)]
    closed_at: Option<Timestamp>,
}

impl From<VoteView> for VoteResource {
    fn from(view: VoteView) -> Self {
        Self { vote_id: view.vote_id, opened_at: view.opened_at, closed_at: view.closed_at }
    }
}

impl SessionResource {
    /// `view`, opened as far as the reader may see.
    pub(super) async fn open(view: SessionView, opener: Opener<'_>) -> Result<Self, Problem> {
        let id = view.session_id;
        let (title, title_sealed) = opener.text(id, view.title.as_ref(), "title").await?;
        let (cancellation_reason, _) = opener.text(id, view.cancellation.as_ref(), "reason").await?;
        Ok(Self {
            session_id: id,
            public_id: view.public_id,
            title,
            title_sealed,
            status: view.status,
            sealed: view.sealed,
            modality: view.modality,
            schedule: view.schedule,
            languages: view.languages,
            limits: view.limits,
            assembly_id: view.assembly_id,
            created_at: view.created_at,
            started_at: view.started_at,
            ended_at: view.ended_at,
            cancelled_at: view.cancelled_at,
            cancellation_reason,
            sealed_at: view.sealed_at,
            assembly_activated_at: view.assembly_activated_at,
            assembly_completed_at: view.assembly_completed_at,
            governance_notified: GovernanceNotifiedResource::of(view.governance_notified),
            governance_data: view.governance_data.map(Into::into),
            votes: view.votes.into_iter().map(Into::into).collect(),
            version: view.version.get(),
            position: view.position.get(),
        })
    }
}

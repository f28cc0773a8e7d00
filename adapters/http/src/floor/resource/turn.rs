//! A turn as the API shows it.

use acta_domain::{OverriddenRule, SessionId, TimeLimit, Timestamp};
use acta_projections::floor::{Override, Turn};
use serde::Serialize;
use utoipa::ToSchema;

use super::RequestResource;
use crate::problem::Problem;
use crate::reading::Opener;
use crate::schema;

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
    /// When that is over, unless the turn is paused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Moment>)]
    ends_at: Option<Timestamp>,
    /// How many milliseconds of it are left now.
    #[serde(skip_serializing_if = "Option::is_none")]
    remaining_ms: Option<u64>,
    /// Since when the turn is paused: its clock stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Moment>)]
    paused_at: Option<Timestamp>,
    /// Whether they were warned that it is over soon.
    warned: bool,
    /// Which rules it was given against, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    overridden: Option<OverrideResource>,
}

/// Why a turn was given against the rules.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Override)]
pub(crate) struct OverrideResource {
    /// Which rules.
    #[schema(value_type = Vec<schema::OverriddenRule>)]
    rules: Vec<OverriddenRule>,
    /// The reason; null to readers who may not see it.
    reason: Option<String>,
    /// Whether there is a reason that the reader does not see.
    sealed: bool,
}

impl OverrideResource {
    async fn open(view: Override, session: SessionId, opener: Opener<'_>) -> Result<Self, Problem> {
        let (reason, sealed) = opener.text(session, view.reason.as_ref(), "reason").await?;
        Ok(Self { rules: view.rules, reason, sealed })
    }
}

impl TurnResource {
    /// `view` at the moment `now`, opened as far as the reader may see.
    pub(super) async fn open(
        view: Turn,
        session: SessionId,
        now: Timestamp,
        opener: Opener<'_>,
    ) -> Result<Self, Problem> {
        let limit_ms = view.time_limit_seconds.map(|limit| u64::from(limit.get()) * 1_000);
        let remaining_ms = limit_ms.map(|limit_ms| limit_ms.saturating_sub(view.spoke_ms(now)));
        let overridden = match view.overridden {
            Some(overridden) => Some(OverrideResource::open(overridden, session, opener).await?),
            None => None,
        };
        Ok(Self {
            request: super::request(view.request, session, opener).await?,
            approved_at: view.approved_at,
            time_limit_seconds: view.time_limit_seconds,
            ends_at: view.ends_at,
            remaining_ms,
            paused_at: view.paused_since,
            warned: view.warned_at.is_some(),
            overridden,
        })
    }
}

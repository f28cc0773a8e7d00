//! `POST /sessions/{id}/governance/event-data`.

use acta_application::session::GovernanceDataNoted;
use acta_domain::ContentDigest;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::{Recorded, Written};
use crate::extract::{Allowed, Command, GovernanceRecord, NoBody, Params};
use crate::paths::SessionPath;
use crate::problem::Problem;
use crate::schema;
use crate::state::App;

/// What the governance service holds, as it is on the record.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GovernanceDataRecorded)]
pub(crate) struct GovernanceDataAnswer {
    /// SHA-256 of the data as canonical JSON (RFC 8785).
    #[schema(value_type = schema::ContentDigest)]
    digest: ContentDigest,
    /// How many bytes of canonical JSON they are.
    #[schema(value_type = schema::Whole)]
    bytes: u64,
    #[serde(flatten)]
    recorded: Recorded,
}

impl From<GovernanceDataNoted> for Written<GovernanceDataAnswer> {
    fn from(noted: GovernanceDataNoted) -> Self {
        let GovernanceDataNoted { digest, bytes, accepted } = noted;
        Self::changed(accepted, GovernanceDataAnswer { digest, bytes, recorded: accepted.into() })
    }
}

/// Read what the governance service holds of the session's assembly now, and record its digest: the proof of the session then ties
/// both together.
#[utoipa::path(
    post, path = "/sessions/{id}/governance/event-data", tag = "governance", operation_id = "record_governance_data",
    params(SessionPath), responses((status = 200, description = "Recorded.", body = GovernanceDataAnswer)),
    security(("bearer" = [])),
)]
pub(super) async fn record_governance_data(
    State(app): State<App>,
    allowed: Allowed<GovernanceRecord>,
    Params(path): Params<SessionPath>,
    command: Command<NoBody>,
) -> Result<Written<GovernanceDataAnswer>, Problem> {
    let context = command.context(&app, &allowed.principal);
    Ok(app.use_cases.record_governance_data(&context, path.session).await?.into())
}

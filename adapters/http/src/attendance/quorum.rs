//! `GET /sessions/{id}/attendance/quorum`.

use acta_domain::Timestamp;
use acta_projections::ProjectionKind;
use acta_projections::attendance::{QuorumWeight, quorum_at};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::answer::Seen;
use crate::extract::{Allowed, Count, Freshness, Params, Query, SessionsRead};
use crate::paths::SessionPath;
use crate::problem::Problem;
use crate::reading;
use crate::schema;
use crate::state::App;

/// When.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct QuorumQuery {
    /// The moment asked about; now without it.
    #[param(value_type = Option<schema::Moment>)]
    at: Option<Timestamp>,
    /// The position that the answer is to reflect at least; as the header `Acta-At-Least`.
    #[param(value_type = Option<schema::Whole>)]
    at_least: Option<Count>,
}

/// How many were there.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Quorum)]
pub(crate) struct QuorumAnswer {
    /// How many people were present.
    present: u64,
    /// What the votes of those of them who have one weigh together.
    #[schema(value_type = schema::Sum)]
    voting_weight: QuorumWeight,
    /// When.
    #[schema(value_type = schema::Moment)]
    at: Timestamp,
}

/// How many were present at a moment, and what their votes weigh.
#[utoipa::path(
    get, path = "/sessions/{id}/attendance/quorum", tag = "attendance", operation_id = "get_quorum",
    params(SessionPath, QuorumQuery),
    responses((status = 200, description = "The quorum.", body = QuorumAnswer)), security(("bearer" = [])),
)]
pub(super) async fn get_quorum(
    State(app): State<App>,
    allowed: Allowed<SessionsRead>,
    Params(path): Params<SessionPath>,
    Query(query): Query<QuorumQuery>,
    freshness: Freshness,
) -> Result<Seen<QuorumAnswer>, Problem> {
    let tenant = allowed.principal.tenant;
    let kind = ProjectionKind::Attendance;
    reading::session(&app, tenant, path.session, &freshness, query.at_least, kind).await?;
    let at = query.at.unwrap_or_else(|| app.clock.now());
    let quorum = quorum_at(&*app.views, tenant, path.session, at).await?;
    let body = QuorumAnswer { present: quorum.present, voting_weight: quorum.weight, at };
    Ok(Seen { position: quorum.position, body })
}

//! `GET /sessions/{id}/floor`.

use acta_projections::ProjectionKind;
use acta_projections::floor::floor;
use axum::extract::State;

use super::resource::FloorResource;
use crate::answer::Seen;
use crate::extract::{Allowed, Freshness, Params, Query, SessionsRead};
use crate::paths::SessionPath;
use crate::problem::Problem;
use crate::queries::AtLeastQuery;
use crate::reading::{self, Opener};
use crate::state::App;

/// Who speaks and for how long, who waits, who is muted, and by which rules.
#[utoipa::path(
    get, path = "/sessions/{id}/floor", tag = "floor", operation_id = "get_floor", params(SessionPath, AtLeastQuery),
    responses((status = 200, description = "The floor.", body = FloorResource)), security(("bearer" = [])),
)]
pub(super) async fn get_floor(
    State(app): State<App>,
    allowed: Allowed<SessionsRead>,
    Params(path): Params<SessionPath>,
    Query(query): Query<AtLeastQuery>,
    freshness: Freshness,
) -> Result<Seen<FloorResource>, Problem> {
    let tenant = allowed.principal.tenant;
    let kind = ProjectionKind::Floor;
    reading::session(&app, tenant, path.session, &freshness, query.at_least, kind).await?;
    let (view, position) = floor(&*app.views, tenant, path.session).await?;
    let opener = Opener::of(&app, &allowed.principal);
    let body = FloorResource::open(view, path.session, app.clock.now(), opener).await?;
    Ok(Seen { position, body })
}

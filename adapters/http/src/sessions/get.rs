//! `GET /sessions/{id}`.

use acta_projections::ProjectionKind;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::resource::SessionResource;
use crate::answer::{Seen, entity_tag};
use crate::extract::{Allowed, Freshness, Params, Query, SessionsRead};
use crate::paths::SessionPath;
use crate::problem::Problem;
use crate::queries::AtLeastQuery;
use crate::reading::{self, Opener};
use crate::state::App;

/// A session.
#[utoipa::path(
    get, path = "/sessions/{id}", tag = "sessions", operation_id = "get_session", params(SessionPath, AtLeastQuery),
    responses((status = 200, description = "The session.", body = SessionResource, headers(("ETag" = String, description = "Its version.")))),
    security(("bearer" = [])),
)]
pub(super) async fn get_session(
    State(app): State<App>,
    allowed: Allowed<SessionsRead>,
    Params(path): Params<SessionPath>,
    Query(query): Query<AtLeastQuery>,
    freshness: Freshness,
) -> Result<Response, Problem> {
    let principal = &allowed.principal;
    let kind = ProjectionKind::Sessions;
    let (view, position) =
        reading::session(&app, principal.tenant, path.session, &freshness, query.at_least, kind).await?;
    let version = view.version;
    let body = SessionResource::open(view, Opener::of(&app, principal)).await?;
    Ok((entity_tag(version), Seen { position, body }).into_response())
}

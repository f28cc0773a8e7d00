//! `GET /sessions/{id}/heads`.

use acta_application::evidence::IssuedHead;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::head::HeadResource;
use crate::extract::{Number, Params, Query};
use crate::paths::SessionPath;
use crate::problem::Problem;
use crate::state::App;

const USUAL: u32 = 50;
/// The greatest number that a 32-bit offset takes.
const FAR: u64 = 4_294_967_295;

/// Which heads.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListHeadsQuery {
    /// Leave out so many of the first.
    #[param(value_type = Option<u32>, minimum = 0, maximum = 4_294_967_295_u64, default = 0)]
    skip: Option<Number<0, FAR>>,
    /// At most this many.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, default = 50)]
    limit: Option<Number<1, 200>>,
}

/// A run of heads.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HeadList {
    /// The heads, oldest first.
    heads: Vec<HeadResource>,
}

/// The heads issued for a session, oldest first.
#[utoipa::path(
    get, path = "/sessions/{id}/heads", tag = "evidence", operation_id = "list_heads", params(SessionPath, ListHeadsQuery),
    responses((status = 200, description = "The heads.", body = HeadList)),
)]
pub(super) async fn list_heads(
    State(app): State<App>,
    Params(path): Params<SessionPath>,
    Query(query): Query<ListHeadsQuery>,
) -> Result<Json<HeadList>, Problem> {
    let tenant = app.evidence.tenant_of(path.session).await?;
    let (skip, limit) = (query.skip.map_or(0, Number::as_u32), query.limit.map_or(USUAL, Number::as_u32));
    let heads: Vec<IssuedHead> = app.evidence.heads(tenant, path.session, skip, limit).await?;
    let heads = heads.into_iter().map(HeadResource::try_from).collect::<Result<_, _>>();
    Ok(Json(HeadList { heads: heads.map_err(|error| Problem::internal(&error))? }))
}

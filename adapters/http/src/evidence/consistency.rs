//! `GET /sessions/{id}/receipts/consistency`.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;

use super::COSE;
use crate::extract::{Count, Params, Query};
use crate::paths::SessionPath;
use crate::problem::Problem;
use crate::schema;
use crate::state::App;

/// From which tree to which.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ConsistencyQuery {
    /// The size of the older tree.
    #[param(value_type = schema::Whole)]
    from: Count,
    /// The size of the newer tree; all there is without it.
    #[param(value_type = Option<schema::Whole>)]
    to: Option<Count>,
}

/// A receipt that the session's tree was only appended to (RFC 9942).
#[utoipa::path(
    get, path = "/sessions/{id}/receipts/consistency", tag = "evidence", operation_id = "get_consistency_receipt",
    params(SessionPath, ConsistencyQuery),
    responses((status = 200, description = "The receipt.", body = Vec<u8>, content_type = "application/cose")),
)]
pub(super) async fn get_consistency_receipt(
    State(app): State<App>,
    Params(path): Params<SessionPath>,
    Query(query): Query<ConsistencyQuery>,
) -> Result<Response, Problem> {
    let tenant = app.evidence.tenant_of(path.session).await?;
    let receipt = app
        .evidence
        .consistency_receipt(tenant, path.session, query.from.get(), query.to.map(Count::get))
        .await?;
    Ok(([(CONTENT_TYPE, COSE)], receipt.cose).into_response())
}

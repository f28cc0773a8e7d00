//! `GET /sessions/{id}/receipts/inclusion`.

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

/// Which entry, in which tree.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct InclusionQuery {
    /// The entry's index in the session, from 0.
    #[param(value_type = schema::Whole)]
    index: Count,
    /// The size of the tree; all there is without it.
    #[param(value_type = Option<schema::Whole>)]
    size: Option<Count>,
}

/// A receipt that an entry is in the session's tree (RFC 9942); the entry is in the header `Acta-Entry`.
#[utoipa::path(
    get, path = "/sessions/{id}/receipts/inclusion", tag = "evidence", operation_id = "get_inclusion_receipt",
    params(SessionPath, InclusionQuery),
    responses((status = 200, description = "The receipt.", body = Vec<u8>, content_type = "application/cose",
        headers(("Acta-Entry" = String, description = "The entry that the receipt is about, in hex.")))),
)]
pub(super) async fn get_inclusion_receipt(
    State(app): State<App>,
    Params(path): Params<SessionPath>,
    Query(query): Query<InclusionQuery>,
) -> Result<Response, Problem> {
    let tenant = app.evidence.tenant_of(path.session).await?;
    let receipt = app
        .evidence
        .inclusion_receipt(tenant, path.session, query.index.get(), query.size.map(Count::get))
        .await?;
    let headers = [(CONTENT_TYPE.as_str(), COSE.to_owned()), ("acta-entry", hex::encode(&receipt.entry))];
    Ok((headers, receipt.cose).into_response())
}

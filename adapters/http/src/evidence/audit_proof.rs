//! `GET /sessions/{id}/audit-proof`.

use axum::extract::State;
use axum::response::Response;

use super::file;
use crate::extract::{Params, Query};
use crate::paths::SessionPath;
use crate::problem::Problem;
use crate::queries::NoQuery;
use crate::state::App;

/// The public proof of a session: all its entries and what concerns everybody, signed; no personal data.
#[utoipa::path(
    get, path = "/sessions/{id}/audit-proof", tag = "evidence", operation_id = "get_audit_proof", params(SessionPath),
    responses((status = 200, description = "The proof file.", body = Vec<u8>, content_type = "application/vnd.acta.proof+cbor",
        headers(("Content-Disposition" = String, description = "The name of the file.")))),
)]
pub(super) async fn get_audit_proof(
    State(app): State<App>,
    Params(path): Params<SessionPath>,
    _: Query<NoQuery>,
) -> Result<Response, Problem> {
    let proof = app.evidence.audit_proof(path.session).await?;
    Ok(file::answer(proof, "proof", path.session))
}

//! `GET /sessions/{id}/dossier`.

use axum::extract::State;
use axum::response::Response;

use super::file;
use crate::extract::{Allowed, DossierRead, Params, Query};
use crate::paths::SessionPath;
use crate::problem::Problem;
use crate::queries::NoQuery;
use crate::state::App;

/// The dossier of a session: everything, with what opens the personal parts. That it was read is recorded.
#[utoipa::path(
    get, path = "/sessions/{id}/dossier", tag = "evidence", operation_id = "get_dossier", params(SessionPath),
    responses((status = 200, description = "The dossier.", body = Vec<u8>, content_type = "application/vnd.acta.proof+cbor",
        headers(("Content-Disposition" = String, description = "The name of the file.")))),
    security(("bearer" = [])),
)]
pub(super) async fn get_dossier(
    State(app): State<App>,
    allowed: Allowed<DossierRead>,
    Params(path): Params<SessionPath>,
    _: Query<NoQuery>,
) -> Result<Response, Problem> {
    let dossier = app.evidence.dossier(allowed.principal.tenant, path.session).await?;
    app.use_cases.record_dossier_read(&allowed.principal, path.session).await?;
    Ok(file::answer(dossier, "dossier", path.session))
}

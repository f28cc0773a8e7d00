//! `POST /sessions/{id}/governance/assembly-activated`.

use axum::extract::State;

use super::AssemblyBody;
use crate::answer::{Recorded, Written};
use crate::extract::{Allowed, Command, GovernanceRecord, Params};
use crate::paths::SessionPath;
use crate::problem::Problem;
use crate::state::App;

/// Record that the governance service activated the assembly.
#[utoipa::path(
    post, path = "/sessions/{id}/governance/assembly-activated", tag = "governance", operation_id = "mark_assembly_activated", params(SessionPath),
    request_body = AssemblyBody, responses((status = 200, description = "Recorded.", body = Recorded)),
    security(("bearer" = [])),
)]
pub(super) async fn mark_assembly_activated(
    State(app): State<App>,
    allowed: Allowed<GovernanceRecord>,
    Params(path): Params<SessionPath>,
    command: Command<AssemblyBody>,
) -> Result<Written<Recorded>, Problem> {
    let context = command.context(&app, &allowed.principal);
    let accepted =
        app.use_cases.mark_assembly_activated(&context, path.session, command.body.assembly_id).await?;
    Ok(Written::done(accepted))
}

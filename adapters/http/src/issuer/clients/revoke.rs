//! `DELETE /v2/clients/{clientId}`.

use axum::extract::State;

use crate::answer::{Recorded, Written};
use crate::extract::{Allowed, Command, NoBody, Params, UsersManage};
use crate::issuer::paths::ClientPath;
use crate::issuer::state::Issuing;
use crate::problem::Problem;
use crate::state::App;

/// Let a client get no token any more, for ever. A token that it has goes on being good until it expires.
#[utoipa::path(
    delete, path = "/v2/clients/{clientId}", tag = "clients", operation_id = "revoke_client", params(ClientPath),
    responses((status = 200, description = "Recorded.", body = Recorded)), security(("bearer" = [])),
)]
pub(in crate::issuer) async fn revoke_client(
    State(app): State<App>,
    allowed: Allowed<UsersManage>,
    issuing: Issuing,
    Params(path): Params<ClientPath>,
    command: Command<NoBody>,
) -> Result<Written<Recorded>, Problem> {
    let context = command.context(&app, &allowed.principal);
    let client = path.client_of(allowed.principal.tenant)?;
    Ok(Written::done(issuing.issuer().revoke_client(&context, client).await?))
}

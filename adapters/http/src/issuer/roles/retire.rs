//! `DELETE /v2/roles/{role}`.

use axum::extract::State;

use crate::answer::{Recorded, Written};
use crate::extract::{Allowed, Command, NoBody, Params, UsersManage};
use crate::issuer::paths::RolePath;
use crate::issuer::state::Issuing;
use crate::problem::Problem;
use crate::state::App;

/// Let a role permit nothing any more, until it is defined again.
#[utoipa::path(
    delete, path = "/v2/roles/{role}", tag = "roles", operation_id = "retire_role", params(RolePath),
    responses((status = 200, description = "Recorded.", body = Recorded)), security(("bearer" = [])),
)]
pub(in crate::issuer) async fn retire_role(
    State(app): State<App>,
    allowed: Allowed<UsersManage>,
    issuing: Issuing,
    Params(path): Params<RolePath>,
    command: Command<NoBody>,
) -> Result<Written<Recorded>, Problem> {
    let context = command.context(&app, &allowed.principal);
    Ok(Written::done(issuing.issuer().retire_role(&context, &path.role).await?))
}

//! `PUT` and `DELETE /v2/users/{userId}/roles/{role}`.

use axum::extract::State;

use crate::answer::{Recorded, Written};
use crate::extract::{Allowed, Command, NoBody, Params, UsersManage};
use crate::issuer::paths::UserRolePath;
use crate::issuer::state::Issuing;
use crate::problem::Problem;
use crate::state::App;

/// Give a user a role, which must not permit more than whoever grants it may do.
#[utoipa::path(
    put, path = "/v2/users/{userId}/roles/{role}", tag = "users", operation_id = "grant_role", params(UserRolePath),
    responses((status = 200, description = "Recorded.", body = Recorded)), security(("bearer" = [])),
)]
pub(in crate::issuer) async fn grant_role(
    State(app): State<App>,
    allowed: Allowed<UsersManage>,
    issuing: Issuing,
    Params(path): Params<UserRolePath>,
    command: Command<NoBody>,
) -> Result<Written<Recorded>, Problem> {
    let (context, held) = (command.context(&app, &allowed.principal), (&allowed.principal).into());
    Ok(Written::done(issuing.issuer().grant_role(&context, held, path.user, path.role).await?))
}

/// Take a role from a user.
#[utoipa::path(
    delete, path = "/v2/users/{userId}/roles/{role}", tag = "users", operation_id = "revoke_role", params(UserRolePath),
    responses((status = 200, description = "Recorded.", body = Recorded)), security(("bearer" = [])),
)]
pub(in crate::issuer) async fn revoke_role(
    State(app): State<App>,
    allowed: Allowed<UsersManage>,
    issuing: Issuing,
    Params(path): Params<UserRolePath>,
    command: Command<NoBody>,
) -> Result<Written<Recorded>, Problem> {
    let (context, held) = (command.context(&app, &allowed.principal), (&allowed.principal).into());
    Ok(Written::done(issuing.issuer().revoke_role(&context, held, path.user, path.role).await?))
}

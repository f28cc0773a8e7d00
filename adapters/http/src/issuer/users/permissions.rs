//! `PUT` and `DELETE /v2/users/{userId}/permissions/{permission}`.

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::answer::{Recorded, Written};
use crate::extract::{Allowed, Body, Command, NoBody, Params, UsersManage};
use crate::issuer::paths::UserPermissionPath;
use crate::issuer::state::Issuing;
use crate::problem::Problem;
use crate::state::App;

/// What is to become of a single permission.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct ChangePermissionBody {
    /// `add` it to what the roles permit, or `remove` it from that.
    #[schema(value_type = String, pattern = "^(add|remove)$")]
    effect: WantedEffect,
}

/// What is to become of a single permission.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WantedEffect {
    Add,
    Remove,
}

impl Body for ChangePermissionBody {}

/// Give a user a single permission or deny it, whatever their roles are. Nobody gives what they do not have.
#[utoipa::path(
    put, path = "/v2/users/{userId}/permissions/{permission}", tag = "users", operation_id = "change_permission",
    params(UserPermissionPath), request_body = ChangePermissionBody,
    responses((status = 200, description = "Recorded.", body = Recorded)), security(("bearer" = [])),
)]
pub(in crate::issuer) async fn change_permission(
    State(app): State<App>,
    allowed: Allowed<UsersManage>,
    issuing: Issuing,
    Params(path): Params<UserPermissionPath>,
    command: Command<ChangePermissionBody>,
) -> Result<Written<Recorded>, Problem> {
    let context = command.context(&app, &allowed.principal);
    let (issuer, held) = (issuing.issuer(), (&allowed.principal).into());
    let accepted = match command.body.effect {
        WantedEffect::Add => issuer.add_permission(&context, held, path.user, path.permission).await?,
        WantedEffect::Remove => issuer.remove_permission(&context, path.user, path.permission).await?,
    };
    Ok(Written::done(accepted))
}

/// Let a single permission of a user depend on their roles again.
#[utoipa::path(
    delete, path = "/v2/users/{userId}/permissions/{permission}", tag = "users", operation_id = "reset_permission",
    params(UserPermissionPath), responses((status = 200, description = "Recorded.", body = Recorded)),
    security(("bearer" = [])),
)]
pub(in crate::issuer) async fn reset_permission(
    State(app): State<App>,
    allowed: Allowed<UsersManage>,
    issuing: Issuing,
    Params(path): Params<UserPermissionPath>,
    command: Command<NoBody>,
) -> Result<Written<Recorded>, Problem> {
    let (context, held) = (command.context(&app, &allowed.principal), (&allowed.principal).into());
    Ok(Written::done(issuing.issuer().reset_permission(&context, held, path.user, path.permission).await?))
}

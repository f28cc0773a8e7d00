//! `PUT /v2/roles/{role}`.

use std::collections::BTreeSet;

use acta_domain::Permission;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::answer::{Recorded, Written};
use crate::extract::{Allowed, Body, Command, Params, UsersManage};
use crate::issuer::paths::RolePath;
use crate::issuer::state::Issuing;
use crate::problem::Problem;
use crate::schema;
use crate::state::App;

/// What a role is to permit.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct ChangeRoleBody {
    /// What those who have it may do, from their next token on.
    #[schema(value_type = Vec<schema::Permission>)]
    permissions: BTreeSet<Permission>,
}

impl Body for ChangeRoleBody {}

/// Replace what a role permits; what is new in it must be what whoever changes it may do.
#[utoipa::path(
    put, path = "/v2/roles/{role}", tag = "roles", operation_id = "change_role", params(RolePath),
    request_body = ChangeRoleBody, responses((status = 200, description = "Recorded.", body = Recorded)),
    security(("bearer" = [])),
)]
pub(in crate::issuer) async fn change_role(
    State(app): State<App>,
    allowed: Allowed<UsersManage>,
    issuing: Issuing,
    Params(path): Params<RolePath>,
    command: Command<ChangeRoleBody>,
) -> Result<Written<Recorded>, Problem> {
    let (context, held) = (command.context(&app, &allowed.principal), (&allowed.principal).into());
    let permissions = command.body.permissions;
    Ok(Written::done(issuing.issuer().change_role(&context, held, &path.role, permissions).await?))
}

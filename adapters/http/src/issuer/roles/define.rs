//! `POST /v2/roles`.

use std::collections::BTreeSet;

use acta_domain::{Permission, RoleName};
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::answer::{Recorded, Written};
use crate::extract::{Allowed, Body, Command, UsersManage};
use crate::issuer::state::Issuing;
use crate::problem::Problem;
use crate::schema;
use crate::state::App;

/// A role to be defined.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct DefineRoleBody {
    /// Its name.
    #[schema(value_type = schema::RoleName)]
    name: RoleName,
    /// What those who have it may do.
    #[schema(value_type = Vec<schema::Permission>)]
    permissions: BTreeSet<Permission>,
}

impl Body for DefineRoleBody {}

/// Define a role, which must not permit more than whoever defines it may do.
#[utoipa::path(
    post, path = "/v2/roles", tag = "roles", operation_id = "define_role", request_body = DefineRoleBody,
    responses((status = 201, description = "Defined.", body = Recorded, headers(("Location" = String, description = "Where it is changed.")))),
    security(("bearer" = [])),
)]
pub(in crate::issuer) async fn define_role(
    State(app): State<App>,
    allowed: Allowed<UsersManage>,
    issuing: Issuing,
    command: Command<DefineRoleBody>,
) -> Result<Written<Recorded>, Problem> {
    let (context, held) = (command.context(&app, &allowed.principal), (&allowed.principal).into());
    let DefineRoleBody { name, permissions } = command.body;
    let place = format!("/v2/roles/{name}");
    let accepted = issuing.issuer().define_role(&context, held, name, permissions).await?;
    Ok(Written::created(accepted, accepted.into()).at(place))
}

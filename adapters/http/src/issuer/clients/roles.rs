//! `PUT /v2/clients/{clientId}/roles`.

use std::collections::BTreeSet;

use acta_domain::RoleName;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::answer::{Recorded, Written};
use crate::extract::{Allowed, Body, Command, Params, UsersManage};
use crate::issuer::paths::ClientPath;
use crate::issuer::state::Issuing;
use crate::problem::Problem;
use crate::schema;
use crate::state::App;

/// What a client is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct ChangeClientRolesBody {
    /// Its roles, from its next token on.
    #[schema(value_type = Vec<schema::RoleName>)]
    roles: BTreeSet<RoleName>,
}

impl Body for ChangeClientRolesBody {}

/// Replace the roles of a client; what is new in them must be what whoever changes them may do.
#[utoipa::path(
    put, path = "/v2/clients/{clientId}/roles", tag = "clients", operation_id = "change_client_roles",
    params(ClientPath), request_body = ChangeClientRolesBody,
    responses((status = 200, description = "Recorded.", body = Recorded)), security(("bearer" = [])),
)]
pub(in crate::issuer) async fn change_client_roles(
    State(app): State<App>,
    allowed: Allowed<UsersManage>,
    issuing: Issuing,
    Params(path): Params<ClientPath>,
    command: Command<ChangeClientRolesBody>,
) -> Result<Written<Recorded>, Problem> {
    let (context, held) = (command.context(&app, &allowed.principal), (&allowed.principal).into());
    let client = path.client_of(allowed.principal.tenant)?;
    Ok(Written::done(issuing.issuer().change_client_roles(&context, held, client, command.body.roles).await?))
}

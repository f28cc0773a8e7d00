//! `POST /v2/clients`.

use std::collections::BTreeSet;

use acta_application::issuer::RegisterClient;
use acta_domain::{RoleName, ServiceName};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::answer::{Recorded, Written};
use crate::extract::{Allowed, Body, Command, UsersManage};
use crate::issuer::state::Issuing;
use crate::problem::Problem;
use crate::schema;
use crate::state::App;

/// A client to be registered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct RegisterClientBody {
    /// Who it is when it acts.
    #[schema(value_type = schema::ServiceName)]
    name: ServiceName,
    /// Its roles.
    #[schema(value_type = Vec<schema::RoleName>)]
    roles: BTreeSet<RoleName>,
}

impl Body for RegisterClientBody {}

/// A client that was registered.
#[derive(Serialize, ToSchema)]
#[schema(as = ClientRegistered)]
pub(crate) struct ClientRegisteredAnswer {
    /// How it names itself.
    #[schema(value_type = schema::ClientName)]
    client_id: String,
    /// Its secret. It is shown this once, and not when the request is sent again.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    #[serde(flatten)]
    recorded: Recorded,
}

/// Register a client, whose roles must not permit more than whoever registers it may do.
#[utoipa::path(
    post, path = "/v2/clients", tag = "clients", operation_id = "register_client", request_body = RegisterClientBody,
    responses((status = 201, description = "Registered.", body = ClientRegisteredAnswer)), security(("bearer" = [])),
)]
pub(in crate::issuer) async fn register_client(
    State(app): State<App>,
    allowed: Allowed<UsersManage>,
    issuing: Issuing,
    command: Command<RegisterClientBody>,
) -> Result<Written<ClientRegisteredAnswer>, Problem> {
    let (context, held) = (command.context(&app, &allowed.principal), (&allowed.principal).into());
    let RegisterClientBody { name, roles } = command.body;
    let registered = issuing.issuer().register_client(&context, held, RegisterClient { name, roles }).await?;
    let body = ClientRegisteredAnswer {
        client_id: registered.client.to_string(),
        client_secret: registered.secret.map(|secret| secret.0.to_string()),
        recorded: registered.accepted.into(),
    };
    Ok(Written::created(registered.accepted, body))
}

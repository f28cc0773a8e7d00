//! `GET /v2/clients`.

use acta_application::issuer::ClientName;
use acta_application::views::Order;
use acta_domain::{RoleName, ServiceName, TenantId, Timestamp};
use acta_projections::ProjectionKind;
use acta_projections::clients::{ClientStatus, ClientView, ClientsQuery, SecretView, clients};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::answer::Seen;
use crate::extract::{Allowed, Count, Freshness, Number, Query, UsersManage};
use crate::problem::Problem;
use crate::queries::{PageStart, next};
use crate::schema;
use crate::state::App;

const USUAL: u32 = 50;

/// Which clients.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListClientsQuery {
    /// Only with this status.
    #[param(value_type = Option<schema::ClientStatus>)]
    status: Option<ClientStatus>,
    /// Only of this name.
    #[param(value_type = Option<schema::ServiceName>)]
    name: Option<ServiceName>,
    /// Behind the page before: its `next`.
    #[param(value_type = Option<schema::Cursor>)]
    cursor: Option<PageStart>,
    /// At most this many.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, default = 50)]
    limit: Option<Number<1, 200>>,
    /// The position that the answer is to reflect at least; as the header `Acta-At-Least`.
    #[param(value_type = Option<schema::Whole>)]
    at_least: Option<Count>,
}

impl ListClientsQuery {
    fn into_query(self, tenant: TenantId) -> ClientsQuery {
        ClientsQuery {
            tenant,
            status: self.status,
            name: self.name,
            order: Order::Ascending,
            after: self.cursor.map(|start| start.0),
            limit: self.limit.map_or(USUAL, Number::as_u32),
        }
    }
}

/// A client.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Client)]
pub(crate) struct ClientResource {
    /// How it names itself.
    #[schema(value_type = schema::ClientName)]
    client_id: String,
    /// Who it is when it acts.
    #[schema(value_type = schema::ServiceName)]
    name: ServiceName,
    /// Whether it gets tokens.
    #[schema(value_type = schema::ClientStatus)]
    status: ClientStatus,
    /// Its roles.
    #[schema(value_type = Vec<schema::RoleName>)]
    roles: Vec<RoleName>,
    /// How old its secrets are, the newest first.
    secrets: Vec<SecretResource>,
    /// Who registered it.
    #[schema(value_type = schema::Actor)]
    registered_by: String,
    /// When it was registered.
    #[schema(value_type = schema::Moment)]
    registered_at: Timestamp,
    /// Who changed it last.
    #[schema(value_type = schema::Actor)]
    changed_by: String,
    /// When.
    #[schema(value_type = schema::Moment)]
    changed_at: Timestamp,
}

/// How old a secret is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ClientSecretAge)]
pub(crate) struct SecretResource {
    /// Since when the client has it.
    #[schema(value_type = schema::Moment)]
    since: Timestamp,
    /// Until when it is good, once there is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Moment>)]
    until: Option<Timestamp>,
}

impl From<SecretView> for SecretResource {
    fn from(view: SecretView) -> Self {
        Self { since: view.since, until: view.until }
    }
}

impl ClientResource {
    fn of(tenant: TenantId, view: ClientView) -> Self {
        Self {
            client_id: ClientName { tenant, client: view.client_id }.to_string(),
            name: view.name,
            status: view.status,
            roles: view.roles.into_iter().collect(),
            secrets: view.secrets.into_iter().map(Into::into).collect(),
            registered_by: view.registered_by.to_string(),
            registered_at: view.registered_at,
            changed_by: view.changed_by.to_string(),
            changed_at: view.changed_at,
        }
    }
}

/// A page of clients.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClientPage {
    /// The clients, by when they were registered.
    clients: Vec<ClientResource>,
    /// What to give as `cursor` for the page behind this one; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Cursor>)]
    next: Option<String>,
}

/// The tenant's clients, by when they were registered.
#[utoipa::path(
    get, path = "/v2/clients", tag = "clients", operation_id = "list_clients", params(ListClientsQuery),
    responses((status = 200, description = "A page of clients.", body = ClientPage)), security(("bearer" = [])),
)]
pub(in crate::issuer) async fn list_clients(
    State(app): State<App>,
    allowed: Allowed<UsersManage>,
    Query(query): Query<ListClientsQuery>,
    freshness: Freshness,
) -> Result<Seen<ClientPage>, Problem> {
    freshness.await_views(&app, query.at_least, &[ProjectionKind::Clients]).await?;
    let tenant = allowed.principal.tenant;
    let page = clients(&*app.views, &query.into_query(tenant)).await?;
    let clients = page.items.into_iter().map(|view| ClientResource::of(tenant, view)).collect();
    Ok(Seen { position: page.position, body: ClientPage { clients, next: next(page.next.as_ref()) } })
}

//! Questions about clients.

use acta_application::log::Position;
use acta_application::register::register_of;
use acta_application::views::{Cursor, Order, RowKey, ViewQuery, Views, ViewsError};
use acta_domain::values::ServiceName;
use acta_domain::{ClientId, TenantId};

use super::{ClientStatus, ClientView, Clients};
use crate::Page;
use crate::page::{one, page};

/// Which clients of a tenant, by when they were registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientsQuery {
    /// Whose.
    pub tenant: TenantId,
    /// Only with this status.
    pub status: Option<ClientStatus>,
    /// Only of this name.
    pub name: Option<ServiceName>,
    /// Direction.
    pub order: Order,
    /// Behind the page before.
    pub after: Option<Cursor>,
    /// At most this many; at least one.
    pub limit: u32,
}

impl ClientsQuery {
    /// All clients of `tenant`, at most `limit`.
    pub fn of_tenant(tenant: TenantId, limit: u32) -> Self {
        Self { tenant, status: None, name: None, order: Order::Ascending, after: None, limit }
    }

    fn rows(&self) -> ViewQuery {
        ViewQuery {
            status: self.status.map(|status| status.as_str().to_owned()),
            kind: self.name.as_ref().map(|name| name.as_str().to_owned()),
            order: self.order,
            after: self.after.clone(),
            ..ViewQuery::of_session(self.tenant, register_of(self.tenant), self.limit.max(1))
        }
    }
}

/// The clients that `query` asks for.
///
/// # Errors
/// See [`ViewsError`].
pub async fn clients(views: &dyn Views, query: &ClientsQuery) -> Result<Page<ClientView>, ViewsError> {
    page::<Clients>(views, &query.rows()).await
}

/// One client, with the position that the answer reflects.
///
/// # Errors
/// See [`ViewsError`].
pub async fn client(
    views: &dyn Views,
    tenant: TenantId,
    client: ClientId,
) -> Result<(Option<ClientView>, Position), ViewsError> {
    one::<Clients>(views, &RowKey { tenant, session: register_of(tenant), id: client.to_string() }).await
}

//! Questions about roles.

use acta_application::log::Position;
use acta_application::register::register_of;
use acta_application::views::{Cursor, RowKey, ViewQuery, Views, ViewsError};
use acta_domain::TenantId;
use acta_domain::values::RoleName;

use super::{RoleStatus, RoleView, Roles};
use crate::Page;
use crate::page::{one, page};

/// Which roles a tenant defined, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RolesQuery {
    /// Whose.
    pub tenant: TenantId,
    /// Only with this status.
    pub status: Option<RoleStatus>,
    /// Behind the page before.
    pub after: Option<Cursor>,
    /// At most this many; at least one.
    pub limit: u32,
}

impl RolesQuery {
    /// All roles that `tenant` defined, at most `limit`.
    pub fn of_tenant(tenant: TenantId, limit: u32) -> Self {
        Self { tenant, status: None, after: None, limit }
    }

    fn rows(&self) -> ViewQuery {
        ViewQuery {
            status: self.status.map(|status| status.as_str().to_owned()),
            after: self.after.clone(),
            ..ViewQuery::of_session(self.tenant, register_of(self.tenant), self.limit.max(1))
        }
    }
}

/// The roles that `query` asks for.
///
/// # Errors
/// See [`ViewsError`].
pub async fn roles(views: &dyn Views, query: &RolesQuery) -> Result<Page<RoleView>, ViewsError> {
    page::<Roles>(views, &query.rows()).await
}

/// One role, with the position that the answer reflects.
///
/// # Errors
/// See [`ViewsError`].
pub async fn role(
    views: &dyn Views,
    tenant: TenantId,
    name: &RoleName,
) -> Result<(Option<RoleView>, Position), ViewsError> {
    one::<Roles>(views, &RowKey { tenant, session: register_of(tenant), id: name.as_str().to_owned() }).await
}

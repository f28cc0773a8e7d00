//! Questions about users.

use acta_application::log::Position;
use acta_application::register::register_of;
use acta_application::views::{Cursor, Order, RowKey, ViewQuery, Views, ViewsError};
use acta_domain::{PersonId, TenantId, UserId};

use super::{UserStatus, UserView, Users};
use crate::Page;
use crate::page::{one, page};

/// Which users of a tenant, by when they were created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsersQuery {
    /// Whose.
    pub tenant: TenantId,
    /// Only with this status.
    pub status: Option<UserStatus>,
    /// Only those who are this person.
    pub person: Option<PersonId>,
    /// Direction.
    pub order: Order,
    /// Behind the page before.
    pub after: Option<Cursor>,
    /// At most this many; at least one.
    pub limit: u32,
}

impl UsersQuery {
    /// All users of `tenant`, at most `limit`.
    pub fn of_tenant(tenant: TenantId, limit: u32) -> Self {
        Self { tenant, status: None, person: None, order: Order::Ascending, after: None, limit }
    }

    fn rows(&self) -> ViewQuery {
        ViewQuery {
            status: self.status.map(|status| status.as_str().to_owned()),
            person: self.person.map(|person| person.to_string()),
            order: self.order,
            after: self.after.clone(),
            ..ViewQuery::of_session(self.tenant, register_of(self.tenant), self.limit.max(1))
        }
    }
}

/// The users that `query` asks for.
///
/// # Errors
/// See [`ViewsError`].
pub async fn users(views: &dyn Views, query: &UsersQuery) -> Result<Page<UserView>, ViewsError> {
    page::<Users>(views, &query.rows()).await
}

/// One user, with the position that the answer reflects.
///
/// # Errors
/// See [`ViewsError`].
pub async fn user(
    views: &dyn Views,
    tenant: TenantId,
    user: UserId,
) -> Result<(Option<UserView>, Position), ViewsError> {
    one::<Users>(views, &RowKey { tenant, session: register_of(tenant), id: user.to_string() }).await
}

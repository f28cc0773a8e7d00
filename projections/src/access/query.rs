//! Questions about who did what.

use acta_application::register::register_of;
use acta_application::views::{Cursor, Order, ViewQuery, Views, ViewsError};
use acta_domain::values::Timestamp;
use acta_domain::{PersonId, TenantId};

use super::{Access, AccessView};
use crate::Page;
use crate::page::page;

/// What was done or refused in a tenant, by when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessQuery {
    /// Whose.
    pub tenant: TenantId,
    /// Only events of this type, such as `access.refused.v1`.
    pub event_type: Option<String>,
    /// Only what this person did, or tried.
    pub who: Option<PersonId>,
    /// Only what the log took then or later.
    pub from: Option<Timestamp>,
    /// Only what the log took before.
    pub until: Option<Timestamp>,
    /// Direction.
    pub order: Order,
    /// Behind the page before.
    pub after: Option<Cursor>,
    /// At most this many; at least one.
    pub limit: u32,
}

impl AccessQuery {
    /// Everything in `tenant`, the newest first, at most `limit`.
    pub fn of_tenant(tenant: TenantId, limit: u32) -> Self {
        Self {
            tenant,
            event_type: None,
            who: None,
            from: None,
            until: None,
            order: Order::Descending,
            after: None,
            limit,
        }
    }

    fn rows(&self) -> ViewQuery {
        ViewQuery {
            kind: self.event_type.clone(),
            person: self.who.map(|person| person.to_string()),
            rank_from: self.from.map(Timestamp::as_micros),
            rank_until: self.until.map(Timestamp::as_micros),
            order: self.order,
            after: self.after.clone(),
            ..ViewQuery::of_session(self.tenant, register_of(self.tenant), self.limit.max(1))
        }
    }
}

/// What `query` asks for.
///
/// # Errors
/// See [`ViewsError`].
pub async fn access(views: &dyn Views, query: &AccessQuery) -> Result<Page<AccessView>, ViewsError> {
    page::<Access>(views, &query.rows()).await
}

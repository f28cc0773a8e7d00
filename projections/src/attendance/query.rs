//! Questions about attendance.

use acta_application::log::Position;
use acta_application::views::{Cursor, Order, RowKey, ViewQuery, Views, ViewsError};
use acta_domain::values::{AttendanceMethod, Timestamp};
use acta_domain::{PersonId, SessionId, TenantId};

use super::{Attendance, AttendanceStatus, AttendeeView, Quorum, QuorumWeight, presence_at};
use crate::Page;
use crate::page::{one, page};
use crate::sessions::session as session_row;

/// How many rows are read at a time while people are counted.
const COUNTED: u32 = 1_000;

/// Who of a session, by when they were first seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttendanceQuery {
    /// Whose session.
    pub tenant: TenantId,
    /// Which session.
    pub session: SessionId,
    /// Only those who stand there.
    pub status: Option<AttendanceStatus>,
    /// Only those who came by this method.
    pub method: Option<AttendanceMethod>,
    /// Direction.
    pub order: Order,
    /// Behind the page before.
    pub after: Option<Cursor>,
    /// At most this many; at least one.
    pub limit: u32,
}

impl AttendanceQuery {
    /// Everybody in `session`, at most `limit`.
    pub fn of_session(tenant: TenantId, session: SessionId, limit: u32) -> Self {
        Self { tenant, session, status: None, method: None, order: Order::Ascending, after: None, limit }
    }

    fn rows(&self) -> ViewQuery {
        ViewQuery {
            status: self.status.map(|status| status.as_str().to_owned()),
            kind: self.method.map(|method| method.as_str().to_owned()),
            order: self.order,
            after: self.after.clone(),
            ..ViewQuery::of_session(self.tenant, self.session, self.limit.max(1))
        }
    }
}

/// The people that `query` asks for.
///
/// # Errors
/// See [`ViewsError`].
pub async fn attendees(views: &dyn Views, query: &AttendanceQuery) -> Result<Page<AttendeeView>, ViewsError> {
    page::<Attendance>(views, &query.rows()).await
}

/// One person in a session, with the position that the answer reflects.
///
/// # Errors
/// See [`ViewsError`].
pub async fn attendee(
    views: &dyn Views,
    tenant: TenantId,
    session: SessionId,
    person: PersonId,
) -> Result<(Option<AttendeeView>, Position), ViewsError> {
    one::<Attendance>(views, &RowKey { tenant, session, id: person.to_string() }).await
}

/// How many were in the session at `at`, and what their votes weigh. Give the present to ask about now.
///
/// # Errors
/// See [`ViewsError`].
pub async fn quorum_at(
    views: &dyn Views,
    tenant: TenantId,
    session: SessionId,
    at: Timestamp,
) -> Result<Quorum, ViewsError> {
    let (row, mut position) = session_row(views, tenant, session).await?;
    let over_at = row.and_then(|row| row.over_at());
    let mut query = AttendanceQuery::of_session(tenant, session, COUNTED);
    let (mut present, mut weight) = (0, QuorumWeight::default());
    loop {
        let page = attendees(views, &query).await?;
        position = position.min(page.position);
        let (more, more_weight) = presence_at(&page.items, at, over_at);
        present += more;
        weight = weight.joined(more_weight);
        query.after = page.next;
        if query.after.is_none() {
            return Ok(Quorum { at, present, weight, position });
        }
    }
}

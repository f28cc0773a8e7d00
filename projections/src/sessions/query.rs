//! Questions about sessions.

use acta_application::log::Position;
use acta_application::views::{Cursor, Order, RowKey, ViewQuery, Views, ViewsError};
use acta_domain::values::{Modality, SessionStatus, Timestamp};
use acta_domain::{SessionId, TenantId};

use super::title::Comparable;
use super::{ROW, SessionView, Sessions, TitleError, TitleOpener};
use crate::page::{one, page};
use crate::{Page, Projection as _};

/// How many rows one request may walk when it filters by title: titles are ciphertext, so no index helps.
pub const MAX_TITLES_WALKED: u32 = 5_000;

/// How many rows are read at a time while titles are walked.
const WALK: u32 = 250;

/// Which sessions of a tenant, by planned start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionsQuery {
    /// Whose.
    pub tenant: TenantId,
    /// Only with this status.
    pub status: Option<SessionStatus>,
    /// Only of this modality.
    pub modality: Option<Modality>,
    /// Only planned to start then or later.
    pub starts_from: Option<Timestamp>,
    /// Only planned to start before.
    pub starts_until: Option<Timestamp>,
    /// Only with this text in the title, whatever its case and accents.
    pub title: Option<String>,
    /// Direction.
    pub order: Order,
    /// Behind the page before.
    pub after: Option<Cursor>,
    /// At most this many; at least one.
    pub limit: u32,
}

impl SessionsQuery {
    /// All sessions of `tenant`, at most `limit`.
    pub fn of_tenant(tenant: TenantId, limit: u32) -> Self {
        Self {
            tenant,
            status: None,
            modality: None,
            starts_from: None,
            starts_until: None,
            title: None,
            order: Order::Ascending,
            after: None,
            limit,
        }
    }

    /// The question without the title, for the store.
    fn rows(&self) -> ViewQuery {
        ViewQuery {
            status: self.status.map(|status| status.as_str().to_owned()),
            kind: self.modality.map(|modality| modality.as_str().to_owned()),
            rank_from: self.starts_from.map(Timestamp::as_micros),
            rank_until: self.starts_until.map(Timestamp::as_micros),
            order: self.order,
            after: self.after.clone(),
            ..ViewQuery::of_tenant(self.tenant, self.limit.max(1))
        }
    }
}

/// Why sessions could not be listed.
#[derive(Debug, thiserror::Error)]
pub enum SessionsError {
    /// The views could not be read.
    #[error("the sessions cannot be read")]
    Views(#[from] ViewsError),
    /// The titles could not be opened.
    #[error("the titles of sessions cannot be compared")]
    Titles(#[from] TitleError),
}

/// One session, with the position that the answer reflects.
///
/// # Errors
/// See [`ViewsError`].
pub async fn session(
    views: &dyn Views,
    tenant: TenantId,
    session: SessionId,
) -> Result<(Option<SessionView>, Position), ViewsError> {
    one::<Sessions>(views, &RowKey { tenant, session, id: ROW.to_owned() }).await
}

/// The sessions that `query` asks for.
///
/// With a title, at most [`MAX_TITLES_WALKED`] rows are looked at: such a page may hold fewer than `limit` sessions, even none,
/// and still have a `next`.
///
/// # Errors
/// See [`SessionsError`].
pub async fn sessions(
    views: &dyn Views,
    query: &SessionsQuery,
    opener: &dyn TitleOpener,
) -> Result<Page<SessionView>, SessionsError> {
    match query.title.as_deref().map(Comparable::of) {
        None => Ok(page::<Sessions>(views, &query.rows()).await?),
        Some(title) => walk(views, query, &title, opener).await,
    }
}

/// Walks the rows that `query` asks for until enough have `title` or enough were looked at.
async fn walk(
    views: &dyn Views,
    query: &SessionsQuery,
    title: &Comparable,
    opener: &dyn TitleOpener,
) -> Result<Page<SessionView>, SessionsError> {
    let wanted = usize::try_from(query.limit.max(1)).unwrap_or(usize::MAX);
    let mut rows = ViewQuery { limit: WALK, ..query.rows() };
    let mut found = Page { items: Vec::new(), next: None, position: Position::default() };
    for round in 0..MAX_TITLES_WALKED / WALK {
        let page = page::<Sessions>(views, &rows).await?;
        if round == 0 {
            found.position = page.position;
        }
        let titles = opener.titles(query.tenant, &page.items).await?;
        for (session, opened) in page.items.into_iter().zip(titles) {
            if found.items.len() == wanted {
                found.next = found.items.last().map(behind);
                return Ok(found);
            }
            if opened.is_some_and(|opened| Comparable::of(&opened).contains(title)) {
                found.items.push(session);
            }
        }
        found.next.clone_from(&page.next);
        rows.after = page.next;
        if rows.after.is_none() || found.items.len() == wanted {
            break;
        }
    }
    Ok(found)
}

/// The cursor behind a session's row.
fn behind(session: &SessionView) -> Cursor {
    Cursor { rank: Sessions::columns(session).rank, session: session.session_id, id: ROW.to_owned() }
}

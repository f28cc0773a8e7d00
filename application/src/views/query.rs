//! Questions to a view.

use acta_domain::{SessionId, TenantId};

use super::ViewRow;

/// Which way a list runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// Lowest rank first.
    #[default]
    Ascending,
    /// Highest rank first.
    Descending,
}

/// Where a page ended: the next one starts behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// Rank of the last row given.
    pub rank: i64,
    /// Session of the last row given.
    pub session: SessionId,
    /// Id of the last row given.
    pub id: String,
}

impl Cursor {
    /// The cursor behind `row`.
    pub fn behind(row: &ViewRow) -> Self {
        Self { rank: row.columns.rank, session: row.key.session, id: row.key.id.clone() }
    }
}

/// Which rows, in which order (rank, then session, then id), and how many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewQuery {
    /// Always one tenant's.
    pub tenant: TenantId,
    /// Only this session's.
    pub session: Option<SessionId>,
    /// Only with this status.
    pub status: Option<String>,
    /// Only of this kind.
    pub kind: Option<String>,
    /// Only this person's.
    pub person: Option<String>,
    /// Lowest rank wanted.
    pub rank_from: Option<i64>,
    /// First rank no longer wanted.
    pub rank_until: Option<i64>,
    /// Direction.
    pub order: Order,
    /// Behind the page before.
    pub after: Option<Cursor>,
    /// At most this many rows.
    pub limit: u32,
}

impl ViewQuery {
    /// All rows of `tenant`, lowest rank first, at most `limit`.
    pub fn of_tenant(tenant: TenantId, limit: u32) -> Self {
        Self {
            tenant,
            session: None,
            status: None,
            kind: None,
            person: None,
            rank_from: None,
            rank_until: None,
            order: Order::Ascending,
            after: None,
            limit,
        }
    }

    /// All rows of `session`, lowest rank first, at most `limit`.
    pub fn of_session(tenant: TenantId, session: SessionId, limit: u32) -> Self {
        Self { session: Some(session), ..Self::of_tenant(tenant, limit) }
    }
}

//! Rows.

use acta_domain::{SessionId, TenantId};

use crate::log::Position;

/// A view's name: `sessions`, `attendance` …; a copy that is being rebuilt has a name of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ViewName(String);

impl ViewName {
    /// The view called `name`.
    pub fn new(name: &str) -> Self {
        Self(name.to_owned())
    }

    /// The copy that a rebuild of this view fills.
    #[must_use]
    pub fn rebuilding(&self) -> Self {
        Self(format!("{}+rebuilding", self.0))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for ViewName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which row of a view.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowKey {
    /// Whose.
    pub tenant: TenantId,
    /// Of which session.
    pub session: SessionId,
    /// Which of the session's rows.
    pub id: String,
}

/// What can be asked for without reading documents. What each means is the view's own affair.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Columns {
    /// A state, such as `active`.
    pub status: Option<String>,
    /// A kind, such as a modality, a method or a language.
    pub kind: Option<String>,
    /// A person, by opaque id.
    pub person: Option<String>,
    /// What rows are ordered by; ties go by id.
    pub rank: i64,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewRow {
    /// Which row.
    pub key: RowKey,
    /// Its indexed columns.
    pub columns: Columns,
    /// The read model as JSON; personal parts are ciphertext in it.
    pub document: String,
    /// The last event folded into it.
    pub position: Position,
}

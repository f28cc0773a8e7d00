//! Where a stream is.

use std::fmt;

use acta_domain::SessionId;
use uuid::Uuid;

/// Where a stream is, among those of one aggregate type in one tenant: the record that its events stand in, and the aggregate there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StreamPlace {
    /// The session, or the register.
    pub record: SessionId,
    /// The aggregate: a session has one of each type, under its own id; a register has many.
    pub aggregate: Uuid,
}

impl From<SessionId> for StreamPlace {
    fn from(session: SessionId) -> Self {
        Self { record: session, aggregate: session.as_uuid() }
    }
}

impl fmt::Display for StreamPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.aggregate.fmt(f)
    }
}

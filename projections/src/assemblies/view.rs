//! The row.

use acta_application::log::Position;
use acta_domain::values::SessionStatus;
use acta_domain::{AssemblyId, SessionId};
use serde::{Deserialize, Serialize};

/// Which assembly a session serves, and how it is with the session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AssemblyView {
    /// The session.
    pub session_id: SessionId,
    /// The assembly that it was planned for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned: Option<AssemblyId>,
    /// The assembly that the governance service named first; the session can serve no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marked: Option<AssemblyId>,
    /// Where the session is in its life.
    pub status: SessionStatus,
    /// Whether its record is closed.
    pub sealed: bool,
    /// The last event folded in.
    pub position: Position,
}

impl AssemblyView {
    /// The assembly that the session serves, if any.
    pub fn assembly_id(&self) -> Option<&AssemblyId> {
        self.marked.as_ref().or(self.planned.as_ref())
    }
}

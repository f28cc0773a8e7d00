//! The row.

use std::collections::BTreeSet;

use acta_application::log::{Actor, Position, Sequence};
use acta_domain::access::Permission;
use acta_domain::values::{RoleName, Timestamp};
use serde::{Deserialize, Serialize};

/// A role that a tenant defined, as it is now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RoleView {
    /// Its name.
    pub name: RoleName,
    /// Whether it permits anything.
    pub status: RoleStatus,
    /// What those who hold it may do; of a role that was retired, what they could do before.
    pub permissions: BTreeSet<Permission>,
    /// Who defined it, changed it or retired it last.
    #[serde(with = "crate::who::text")]
    pub changed_by: Actor,
    /// When.
    pub changed_at: Timestamp,
    /// When it was first defined.
    pub defined_at: Timestamp,
    /// The version of the role's own stream, for conditional requests (`ETag`).
    pub version: Sequence,
    /// The last event folded in.
    pub position: Position,
}

/// Whether a role permits anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoleStatus {
    /// It permits what it says.
    Active,
    /// It permits nothing.
    Retired,
}

impl RoleStatus {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Retired => "retired",
        }
    }
}

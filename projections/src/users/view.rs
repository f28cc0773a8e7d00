//! The row.

use acta_application::log::{Actor, Position, Sequence};
use acta_domain::access::Permission;
use acta_domain::values::{RoleName, Timestamp};
use acta_domain::{PersonId, UserId};
use serde::{Deserialize, Serialize};

use crate::StoredPart;

/// A user as they are now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UserView {
    /// The user.
    pub user_id: UserId,
    /// Who it is.
    pub person_id: PersonId,
    /// Whether they may sign in.
    pub status: UserStatus,
    /// Login and name, as ciphertext.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub names: Option<StoredPart>,
    /// Since when they have the password that they have, if they have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_since: Option<Timestamp>,
    /// Their roles, oldest grant first.
    pub roles: Vec<RoleGrant>,
    /// What was added to and removed from what their roles permit, oldest first.
    pub permissions: Vec<PermissionChange>,
    /// Who created them.
    #[serde(with = "crate::who::text")]
    pub created_by: Actor,
    /// When they were created.
    pub created_at: Timestamp,
    /// Since when they are disabled, if they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_at: Option<Timestamp>,
    /// The version of the user's own stream, for conditional requests (`ETag`).
    pub version: Sequence,
    /// The last event folded in.
    pub position: Position,
}

/// Whether a user may sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserStatus {
    /// They may.
    Active,
    /// They may not.
    Disabled,
}

impl UserStatus {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
        }
    }
}

/// A role that somebody was given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RoleGrant {
    /// The role.
    pub role: RoleName,
    /// By whom.
    #[serde(with = "crate::who::text")]
    pub granted_by: Actor,
    /// When.
    pub granted_at: Timestamp,
}

/// A single permission that somebody was given or denied, whatever their roles are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PermissionChange {
    /// The permission.
    pub permission: Permission,
    /// Which of the two.
    pub effect: Effect,
    /// By whom.
    #[serde(with = "crate::who::text")]
    pub granted_by: Actor,
    /// When.
    pub granted_at: Timestamp,
}

/// What became of a single permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// It was added to what the roles permit.
    Added,
    /// It was removed from what the roles permit.
    Removed,
}

//! What can be asked of a user's rights.

use crate::access::Permission;
use crate::ids::{CredentialId, PersonId, UserId};
use crate::values::{RoleName, Timestamp};

/// A command to a user. Every one carries the moment at which it is decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserCommand {
    /// Create the user.
    Create {
        /// The user.
        user_id: UserId,
        /// Who it is.
        person_id: PersonId,
        /// Their password, when they have one.
        credential_id: Option<CredentialId>,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// Give the user a password, or another one.
    ChangePassword {
        /// The password.
        credential_id: CredentialId,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// Give the user a role.
    GrantRole {
        /// The role.
        role: RoleName,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// Take a role from the user.
    RevokeRole {
        /// The role.
        role: RoleName,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// Give the user a single permission, whatever their roles are.
    AddPermission {
        /// The permission.
        permission: Permission,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// Take a single permission from the user, whatever their roles are.
    RemovePermission {
        /// The permission.
        permission: Permission,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// Let a single permission depend on the user's roles again.
    ResetPermission {
        /// The permission.
        permission: Permission,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// Let the user no longer sign in.
    Disable {
        /// The moment of the decision.
        at: Timestamp,
    },
    /// Let the user sign in again.
    Enable {
        /// The moment of the decision.
        at: Timestamp,
    },
}

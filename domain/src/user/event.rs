//! What happened to a user.

use cqrs_es::DomainEvent;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::access::Permission;
use crate::ids::{CredentialId, PersonId, UserId};
use crate::values::{RoleName, Timestamp};

/// A fact about a user. Who decided it stands beside the event; what a password is and what the user is called stand outside the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", deny_unknown_fields)]
pub enum UserEvent {
    /// The user was created.
    #[serde(rename = "user.created.v1")]
    Created {
        /// The user.
        user_id: UserId,
        /// Who it is.
        person_id: PersonId,
        /// Their password, when they have one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(with = "CredentialId")]
        credential_id: Option<CredentialId>,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// The user got a password, or another one.
    #[serde(rename = "user.password-changed.v1")]
    PasswordChanged {
        /// The user.
        user_id: UserId,
        /// Who it is.
        person_id: PersonId,
        /// The password.
        credential_id: CredentialId,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// The user was given a role.
    #[serde(rename = "user.role-granted.v1")]
    RoleGranted {
        /// The user.
        user_id: UserId,
        /// Who it is.
        person_id: PersonId,
        /// The role.
        role: RoleName,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// A role was taken from the user.
    #[serde(rename = "user.role-revoked.v1")]
    RoleRevoked {
        /// The user.
        user_id: UserId,
        /// Who it is.
        person_id: PersonId,
        /// The role.
        role: RoleName,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// The user was given a single permission, whatever their roles are.
    #[serde(rename = "user.permission-added.v1")]
    PermissionAdded {
        /// The user.
        user_id: UserId,
        /// Who it is.
        person_id: PersonId,
        /// The permission.
        permission: Permission,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// A single permission was taken from the user, whatever their roles are.
    #[serde(rename = "user.permission-removed.v1")]
    PermissionRemoved {
        /// The user.
        user_id: UserId,
        /// Who it is.
        person_id: PersonId,
        /// The permission.
        permission: Permission,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// A single permission depends on the user's roles again.
    #[serde(rename = "user.permission-reset.v1")]
    PermissionReset {
        /// The user.
        user_id: UserId,
        /// Who it is.
        person_id: PersonId,
        /// The permission.
        permission: Permission,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// The user can no longer sign in.
    #[serde(rename = "user.disabled.v1")]
    Disabled {
        /// The user.
        user_id: UserId,
        /// Who it is.
        person_id: PersonId,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// The user can sign in again.
    #[serde(rename = "user.enabled.v1")]
    Enabled {
        /// The user.
        user_id: UserId,
        /// Who it is.
        person_id: PersonId,
        /// The moment of the decision.
        at: Timestamp,
    },
}

impl UserEvent {
    /// The name of the event's type, as in its payload.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Created { .. } => "user.created.v1",
            Self::PasswordChanged { .. } => "user.password-changed.v1",
            Self::RoleGranted { .. } => "user.role-granted.v1",
            Self::RoleRevoked { .. } => "user.role-revoked.v1",
            Self::PermissionAdded { .. } => "user.permission-added.v1",
            Self::PermissionRemoved { .. } => "user.permission-removed.v1",
            Self::PermissionReset { .. } => "user.permission-reset.v1",
            Self::Disabled { .. } => "user.disabled.v1",
            Self::Enabled { .. } => "user.enabled.v1",
        }
    }

    /// The moment of the decision.
    pub const fn at(&self) -> Timestamp {
        match self {
            Self::Created { at, .. }
            | Self::PasswordChanged { at, .. }
            | Self::RoleGranted { at, .. }
            | Self::RoleRevoked { at, .. }
            | Self::PermissionAdded { at, .. }
            | Self::PermissionRemoved { at, .. }
            | Self::PermissionReset { at, .. }
            | Self::Disabled { at, .. }
            | Self::Enabled { at, .. } => *at,
        }
    }

    /// The user.
    pub const fn user_id(&self) -> UserId {
        match self {
            Self::Created { user_id, .. }
            | Self::PasswordChanged { user_id, .. }
            | Self::RoleGranted { user_id, .. }
            | Self::RoleRevoked { user_id, .. }
            | Self::PermissionAdded { user_id, .. }
            | Self::PermissionRemoved { user_id, .. }
            | Self::PermissionReset { user_id, .. }
            | Self::Disabled { user_id, .. }
            | Self::Enabled { user_id, .. } => *user_id,
        }
    }

    /// Who the user is.
    pub const fn person_id(&self) -> PersonId {
        match self {
            Self::Created { person_id, .. }
            | Self::PasswordChanged { person_id, .. }
            | Self::RoleGranted { person_id, .. }
            | Self::RoleRevoked { person_id, .. }
            | Self::PermissionAdded { person_id, .. }
            | Self::PermissionRemoved { person_id, .. }
            | Self::PermissionReset { person_id, .. }
            | Self::Disabled { person_id, .. }
            | Self::Enabled { person_id, .. } => *person_id,
        }
    }
}

impl DomainEvent for UserEvent {
    fn event_type(&self) -> String {
        self.name().to_owned()
    }

    fn event_version(&self) -> String {
        "1".to_owned()
    }
}

//! What the rules of users, roles, clients and sign-ins refuse.

use std::collections::BTreeSet;

use acta_domain::client::ClientError;
use acta_domain::role::RoleError;
use acta_domain::sign_in::SignInError;
use acta_domain::user::UserError;
use acta_domain::{Permission, RoleName};

/// Why the rules refuse it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IssuerRefusal {
    /// Those of users.
    #[error(transparent)]
    User(#[from] UserError),
    /// Those of roles.
    #[error(transparent)]
    Role(#[from] RoleError),
    /// Those of clients.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// Those of sign-ins.
    #[error(transparent)]
    SignIn(#[from] SignInError),
    /// Nobody can grant a role that is not there.
    #[error("there is no role `{name}`")]
    NoSuchRole {
        /// The role.
        name: RoleName,
    },
    /// Nobody gives others more than they have.
    #[error("this would give more than whoever asks for it has: {}", named(missing))]
    GrantsMoreThanHeld {
        /// What they lack.
        missing: BTreeSet<Permission>,
    },
    /// Nobody locks themselves out.
    #[error("nobody takes from themselves the right to administer users")]
    OwnRights,
}

fn named(permissions: &BTreeSet<Permission>) -> String {
    permissions.iter().map(|one| one.as_str()).collect::<Vec<_>>().join(", ")
}

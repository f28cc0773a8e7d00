//! What can be asked of a role.

use std::collections::BTreeSet;

use crate::access::Permission;
use crate::values::{RoleName, Timestamp};

/// A command to a role that a tenant defines. Every one carries the moment at which it is decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoleCommand {
    /// Define the role, or define it again after it was retired.
    Define {
        /// Its name.
        name: RoleName,
        /// What those who hold it may do.
        permissions: BTreeSet<Permission>,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// Replace what the role permits.
    Change {
        /// What those who hold it may do.
        permissions: BTreeSet<Permission>,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// Let the role permit nothing any more.
    Retire {
        /// The moment of the decision.
        at: Timestamp,
    },
}

//! Who is asking.

use std::collections::BTreeSet;

use acta_domain::{PersonId, TenantId};

use super::Permission;
use crate::log::Actor;

/// Who is asking, in which tenant, and what they may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The tenant; nothing of another tenant exists for this principal.
    pub tenant: TenantId,
    /// Who it is.
    pub actor: Actor,
    /// What they may do.
    pub permissions: BTreeSet<Permission>,
}

impl Principal {
    /// Whether `permission` is among theirs.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }

    /// The person, unless it is a service.
    pub fn person(&self) -> Option<PersonId> {
        match self.actor {
            Actor::Person(id) => Some(id),
            Actor::Service(_) | Actor::Clock => None,
        }
    }
}

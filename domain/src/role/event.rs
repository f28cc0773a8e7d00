//! What happened to a role.

use std::collections::BTreeSet;

use cqrs_es::DomainEvent;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::access::Permission;
use crate::values::{RoleName, Timestamp};

/// A fact about a role that a tenant defined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", deny_unknown_fields)]
pub enum RoleEvent {
    /// The role was defined.
    #[serde(rename = "role.defined.v1")]
    Defined {
        /// Its name.
        name: RoleName,
        /// What those who hold it may do.
        permissions: BTreeSet<Permission>,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// What the role permits was replaced; this is all of it after the change.
    #[serde(rename = "role.changed.v1")]
    Changed {
        /// Its name.
        name: RoleName,
        /// What those who hold it may do.
        permissions: BTreeSet<Permission>,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// The role permits nothing any more.
    #[serde(rename = "role.retired.v1")]
    Retired {
        /// Its name.
        name: RoleName,
        /// The moment of the decision.
        at: Timestamp,
    },
}

impl RoleEvent {
    /// The name of the event's type, as in its payload.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Defined { .. } => "role.defined.v1",
            Self::Changed { .. } => "role.changed.v1",
            Self::Retired { .. } => "role.retired.v1",
        }
    }

    /// The moment of the decision.
    pub const fn at(&self) -> Timestamp {
        match self {
            Self::Defined { at, .. } | Self::Changed { at, .. } | Self::Retired { at, .. } => *at,
        }
    }

    /// The role's name.
    pub const fn role(&self) -> &RoleName {
        match self {
            Self::Defined { name, .. } | Self::Changed { name, .. } | Self::Retired { name, .. } => name,
        }
    }
}

impl DomainEvent for RoleEvent {
    fn event_type(&self) -> String {
        self.name().to_owned()
    }

    fn event_version(&self) -> String {
        "1".to_owned()
    }
}

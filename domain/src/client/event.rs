//! What happened to a client.

use std::collections::BTreeSet;

use cqrs_es::DomainEvent;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{ClientId, CredentialId};
use crate::values::{RoleName, ServiceName, Timestamp};

/// A fact about a client. What its secret is stands outside the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", deny_unknown_fields)]
pub enum ClientEvent {
    /// The client was registered.
    #[serde(rename = "client.registered.v1")]
    Registered {
        /// The client.
        client_id: ClientId,
        /// Who it is when it acts.
        name: ServiceName,
        /// Its roles.
        roles: BTreeSet<RoleName>,
        /// Its secret.
        credential_id: CredentialId,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// The client got another secret.
    #[serde(rename = "client.secret-rotated.v1")]
    SecretRotated {
        /// The client.
        client_id: ClientId,
        /// Its secret from now on.
        credential_id: CredentialId,
        /// Until when the one before it is good too.
        previous_until: Timestamp,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// The client's roles were replaced; these are all of them after the change.
    #[serde(rename = "client.roles-changed.v1")]
    RolesChanged {
        /// The client.
        client_id: ClientId,
        /// Its roles.
        roles: BTreeSet<RoleName>,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// The client gets no token any more, for ever.
    #[serde(rename = "client.revoked.v1")]
    Revoked {
        /// The client.
        client_id: ClientId,
        /// The moment of the decision.
        at: Timestamp,
    },
}

impl ClientEvent {
    /// The name of the event's type, as in its payload.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Registered { .. } => "client.registered.v1",
            Self::SecretRotated { .. } => "client.secret-rotated.v1",
            Self::RolesChanged { .. } => "client.roles-changed.v1",
            Self::Revoked { .. } => "client.revoked.v1",
        }
    }

    /// The moment of the decision.
    pub const fn at(&self) -> Timestamp {
        match self {
            Self::Registered { at, .. }
            | Self::SecretRotated { at, .. }
            | Self::RolesChanged { at, .. }
            | Self::Revoked { at, .. } => *at,
        }
    }

    /// The client.
    pub const fn client_id(&self) -> ClientId {
        match self {
            Self::Registered { client_id, .. }
            | Self::SecretRotated { client_id, .. }
            | Self::RolesChanged { client_id, .. }
            | Self::Revoked { client_id, .. } => *client_id,
        }
    }
}

impl DomainEvent for ClientEvent {
    fn event_type(&self) -> String {
        self.name().to_owned()
    }

    fn event_version(&self) -> String {
        "1".to_owned()
    }
}

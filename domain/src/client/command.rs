//! What can be asked of a client.

use std::collections::BTreeSet;

use crate::ids::{ClientId, CredentialId};
use crate::values::{RoleName, ServiceName, Timestamp};

/// A command to a client. Every one carries the moment at which it is decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientCommand {
    /// Register the client.
    Register {
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
    /// Give the client another secret.
    RotateSecret {
        /// Its secret from now on.
        credential_id: CredentialId,
        /// Until when the one before it is good too.
        previous_until: Timestamp,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// Replace the client's roles.
    ChangeRoles {
        /// Its roles.
        roles: BTreeSet<RoleName>,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// Let the client get no token any more, for ever.
    Revoke {
        /// The moment of the decision.
        at: Timestamp,
    },
}

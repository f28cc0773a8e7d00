//! The row.

use std::collections::BTreeSet;

use acta_application::log::{Actor, Position, Sequence};
use acta_domain::ClientId;
use acta_domain::values::{RoleName, ServiceName, Timestamp};
use serde::{Deserialize, Serialize};

/// A client as it is now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClientView {
    /// The client.
    pub client_id: ClientId,
    /// Who it is when it acts.
    pub name: ServiceName,
    /// Whether it gets tokens.
    pub status: ClientStatus,
    /// Its roles.
    pub roles: BTreeSet<RoleName>,
    /// How old its secrets are, the newest first: the one it has and the one before.
    pub secrets: Vec<SecretView>,
    /// Who registered it.
    #[serde(with = "crate::who::text")]
    pub registered_by: Actor,
    /// When it was registered.
    pub registered_at: Timestamp,
    /// Who changed it last.
    #[serde(with = "crate::who::text")]
    pub changed_by: Actor,
    /// When.
    pub changed_at: Timestamp,
    /// The version of the client's own stream, for conditional requests (`ETag`).
    pub version: Sequence,
    /// The last event folded in.
    pub position: Position,
}

/// Whether a client gets tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientStatus {
    /// It does.
    Active,
    /// Never again.
    Revoked,
}

impl ClientStatus {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Revoked => "revoked",
        }
    }
}

/// How old a secret is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SecretView {
    /// Since when the client has it.
    pub since: Timestamp,
    /// Until when it is good, once there is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

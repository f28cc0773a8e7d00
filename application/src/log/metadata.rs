//! Who sent a command, and what it followed from.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use acta_domain::PersonId;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Who sent the command: a person by opaque id, another service by its name, or the service's own clock.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Actor {
    /// A person, `person:<uuid>`.
    Person(PersonId),
    /// Another service, `service:<name>`.
    Service(String),
    /// A policy of this service that time drives, `clock`.
    Clock,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(id) => write!(f, "person:{id}"),
            Self::Service(name) => write!(f, "service:{name}"),
            Self::Clock => f.write_str("clock"),
        }
    }
}

/// The text names no actor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an actor is `person:<uuid>`, `service:<name>` or `clock`")]
pub struct InvalidActor;

impl FromStr for Actor {
    type Err = InvalidActor;

    fn from_str(text: &str) -> Result<Self, InvalidActor> {
        match text.split_once(':') {
            Some(("person", id)) => id.parse().map(Self::Person).map_err(|_| InvalidActor),
            Some(("service", name)) if is_service_name(name) => Ok(Self::Service(name.to_owned())),
            None if text == "clock" => Ok(Self::Clock),
            _ => Err(InvalidActor),
        }
    }
}

/// Service names are plain words, so that nobody's e-mail address becomes one.
fn is_service_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// The identity of a command inside a tenant: sent twice, it is done once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CommandId(pub Uuid);

impl CommandId {
    /// The id of what `actor` sends under the idempotency key `key`: two actors that happen to use one key do not meet.
    pub fn from_key(actor: &Actor, key: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"acta.command-id.v1\0");
        hash.update(actor.to_string());
        hash.update([0]);
        hash.update(key);
        let digest: [u8; 32] = hash.finalize().into();
        let head = digest.first_chunk::<16>().expect("a digest has 32 bytes");
        Self(uuid::Builder::from_custom_bytes(*head).into_uuid())
    }
}

impl fmt::Display for CommandId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// SHA-256 of what a command asks for, so that a reused idempotency key with another request is told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommandDigest(pub [u8; 32]);

impl CommandDigest {
    /// The digest of the parts of a request, each with its length so that no two splits agree.
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Self(hash.finalize().into())
    }
}

/// What stands beside an event's payload; a flat map of texts, because that is what `cqrs-es` readers expect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    /// Who sent the command.
    pub actor: Actor,
    /// The command that the event follows from.
    pub command_id: CommandId,
    /// One id for everything that one outside request set off.
    pub correlation_id: Uuid,
    /// The position of the event that a policy reacted to, if a policy sent the command.
    pub causation: Option<super::Position>,
    /// W3C trace context of the request.
    pub traceparent: Option<String>,
}

impl Metadata {
    /// The flat map that is stored, committed to and shown.
    pub fn to_map(&self) -> BTreeMap<&'static str, String> {
        let mut map = BTreeMap::from([
            ("actor", self.actor.to_string()),
            ("command_id", self.command_id.to_string()),
            ("correlation_id", self.correlation_id.to_string()),
        ]);
        if let Some(position) = self.causation {
            map.insert("causation_position", position.to_string());
        }
        if let Some(traceparent) = &self.traceparent {
            map.insert("traceparent", traceparent.clone());
        }
        map
    }
}

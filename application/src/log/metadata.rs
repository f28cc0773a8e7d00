//! Who sent a command, and what it followed from.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use acta_domain::{PersonId, TenantId};
use acta_proof::commitment::{Salt, commit};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use zeroize::Zeroizing;

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
    /// The id of what `actor` sends in `tenant` under the idempotency key `key`: two actors that happen to use one key do not meet,
    /// and without the service's secret nobody can tell from an id what the key was.
    pub fn from_key(secret: &CommandSecret, tenant: TenantId, actor: &Actor, key: &str) -> Self {
        let (tenant, actor) = (tenant.as_uuid(), actor.to_string());
        let parts: [&[u8]; 4] = [b"acta.command-id", tenant.as_bytes(), actor.as_bytes(), key.as_bytes()];
        Self(custom_uuid(&secret.digest(&parts)))
    }

    /// The id of what the policy `policy` does to `subject` because of the event at `cause`: the same each time.
    pub fn from_cause(policy: &str, subject: &str, cause: super::Position) -> Self {
        let cause = cause.get().to_be_bytes();
        Self(custom_uuid(&Sha256::digest(framed(&[policy.as_bytes(), subject.as_bytes(), &cause])).into()))
    }
}

/// A version 8 UUID (RFC 9562 §5.8) of the first half of a digest.
fn custom_uuid(digest: &[u8; 32]) -> Uuid {
    let head = digest.first_chunk::<16>().expect("a digest has 32 bytes");
    uuid::Builder::from_custom_bytes(*head).into_uuid()
}

/// The parts, each behind its length, so that no two splits agree. Among them can be what nobody may keep: it is allocated once,
/// so that what is wiped in the end is all there was.
fn framed(parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    let length = parts.iter().map(|part| size_of::<u64>() + part.len()).sum();
    let mut bytes = Zeroizing::new(Vec::with_capacity(length));
    for part in parts {
        bytes.extend((part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}

/// The secret under which commands are named and remembered. It stays outside the log, so that the log alone cannot be used to test
/// guesses at what somebody sent.
#[derive(Clone)]
pub struct CommandSecret(Salt);

impl CommandSecret {
    /// The secret `bytes`.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(Salt(bytes))
    }

    fn digest(&self, parts: &[&[u8]]) -> [u8; 32] {
        commit(&self.0, &framed(parts)).0
    }
}

impl fmt::Display for CommandId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A keyed digest of what a command asks for, so that a reused idempotency key with another request is told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommandDigest(pub [u8; 32]);

impl CommandDigest {
    /// The digest of a request sent under the idempotency key `key`. The key is part of it and stands nowhere else, so that not even
    /// the holder of the secret can test guesses at the words of somebody who was erased.
    pub fn of_request(secret: &CommandSecret, key: &str, request: &[&[u8]]) -> Self {
        let parts = [&[b"acta.command-digest".as_slice(), key.as_bytes()], request].concat();
        Self(secret.digest(&parts))
    }

    /// The digest of a command whose id cannot come again with another request: it says nothing about the request.
    pub fn of_id(id: CommandId) -> Self {
        Self(Sha256::digest(id.0.as_bytes()).into())
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

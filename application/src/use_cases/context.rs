//! Who sends a command, and under which identity.

use acta_domain::TenantId;
use uuid::Uuid;

use crate::access::Principal;
use crate::clock::{Clock, Randomness, time_ordered_id};
use crate::log::{Actor, CommandDigest, CommandId, CommandSecret, Metadata, Position};
use crate::neighbours::Asking;

/// The context of one command.
#[derive(Debug, Clone)]
pub struct CommandContext {
    /// The tenant that it acts in.
    pub tenant: TenantId,
    /// Who sent it.
    pub actor: Actor,
    /// Sent twice under one id, it is done once.
    pub command_id: CommandId,
    /// What it asks for.
    pub command_digest: CommandDigest,
    /// One id for everything that one outside request sets off.
    pub correlation_id: Uuid,
    /// The event that a policy reacts to.
    pub causation: Option<Position>,
    /// W3C trace context.
    pub traceparent: Option<String>,
    /// Whether the sender chose the id, so that it may have been sent before.
    pub may_repeat: bool,
}

impl CommandContext {
    /// A command of `principal` that nobody can send again: it came without an idempotency key.
    pub fn of_request(
        principal: &Principal,
        traceparent: Option<String>,
        clock: &dyn Clock,
        randomness: &dyn Randomness,
    ) -> Self {
        let fresh = time_ordered_id(clock.now(), randomness);
        Self {
            tenant: principal.tenant,
            actor: principal.actor.clone(),
            command_id: CommandId(fresh),
            command_digest: CommandDigest::of_id(CommandId(fresh)),
            correlation_id: fresh,
            causation: None,
            traceparent,
            may_repeat: false,
        }
    }

    /// The same command under the idempotency key `key`; `request` is what it asks for, whole.
    #[must_use]
    pub fn under_key(self, secret: &CommandSecret, key: &str, request: &[&[u8]]) -> Self {
        self.under_digest(secret, key, CommandDigest::of_request(secret, key, request))
    }

    /// As [`Self::under_key`], for a request that is forgotten already but for its digest under that key.
    #[must_use]
    pub fn under_digest(self, secret: &CommandSecret, key: &str, digest: CommandDigest) -> Self {
        Self {
            command_id: CommandId::from_key(secret, self.tenant, &self.actor, key),
            command_digest: digest,
            may_repeat: true,
            ..self
        }
    }

    /// A command that the policy `policy` sends because of the event at `cause`: the same cause gives the same command.
    pub fn of_policy(tenant: TenantId, policy: &str, subject: &str, cause: Position) -> Self {
        let command_id = CommandId::from_cause(policy, subject, cause);
        Self {
            tenant,
            actor: Actor::Clock,
            command_id,
            command_digest: CommandDigest::of_id(command_id),
            correlation_id: command_id.0,
            causation: Some(cause),
            traceparent: None,
            may_repeat: true,
        }
    }

    /// What is to be recorded even where this command is refused, as a command of its own with the id `fresh`: this one may be sent
    /// again, and a refusal is not its outcome.
    pub(crate) fn apart(&self, fresh: Uuid) -> Self {
        let command_id = CommandId(fresh);
        let command_digest = CommandDigest::of_id(command_id);
        Self { command_id, command_digest, may_repeat: false, ..self.clone() }
    }

    /// For whom a neighbour is asked because of the command, and in which trace.
    pub(crate) fn asking(&self) -> Asking {
        Asking { tenant: self.tenant, traceparent: self.traceparent.clone() }
    }

    pub(crate) fn metadata(&self) -> Metadata {
        Metadata {
            actor: self.actor.clone(),
            command_id: self.command_id,
            correlation_id: self.correlation_id,
            causation: self.causation,
            traceparent: self.traceparent.clone(),
        }
    }
}

//! Who sends a command, and under which identity.

use acta_domain::TenantId;
use uuid::Uuid;

use crate::access::Principal;
use crate::clock::{Clock, Randomness, time_ordered_id};
use crate::log::{Actor, CommandDigest, CommandId, Metadata, Position};

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
    /// A command of `principal`, with its idempotency key if it sent one. `request` is what it asks for, whole.
    pub fn of_request(
        principal: &Principal,
        idempotency_key: Option<&str>,
        request: CommandDigest,
        traceparent: Option<String>,
        clock: &dyn Clock,
        randomness: &dyn Randomness,
    ) -> Self {
        let fresh = time_ordered_id(clock.now(), randomness);
        let actor = principal.actor.clone();
        let command_id = idempotency_key.map_or(CommandId(fresh), |key| CommandId::from_key(&actor, key));
        Self {
            tenant: principal.tenant,
            actor,
            command_id,
            command_digest: request,
            correlation_id: fresh,
            causation: None,
            traceparent,
            may_repeat: idempotency_key.is_some(),
        }
    }

    /// A command that the policy `policy` sends because of the event at `cause`: the same cause gives the same command.
    pub fn of_policy(tenant: TenantId, policy: &str, subject: &str, cause: Position) -> Self {
        let actor = Actor::Clock;
        let command_id = CommandId::from_key(&actor, &format!("{policy}/{subject}/{cause}"));
        Self {
            tenant,
            actor,
            command_id,
            command_digest: CommandDigest::of(&[policy.as_bytes(), subject.as_bytes()]),
            correlation_id: command_id.0,
            causation: Some(cause),
            traceparent: None,
            may_repeat: true,
        }
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

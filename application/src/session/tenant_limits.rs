//! How much a tenant may have at the same time: sessions that are active, and people who are present in them.
//!
//! What the operator has set for the tenant by name holds first, then what the tenancy service says, then what is usual here. A
//! number that the tenancy service leaves out, or all of them while it does not answer, is the usual one.

use std::collections::HashMap;
use std::sync::Arc;

use acta_domain::attendance::Attendance;
use acta_domain::{SessionId, TenantId};
use async_trait::async_trait;

use crate::neighbours::Asking;
use crate::views::ViewsError;
use crate::{Accepted, CommandContext, UseCaseError, UseCases};

/// How much a tenant may have at the same time; without a number, as much as it likes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TenantLimits {
    /// Active sessions.
    pub active_sessions: Option<u32>,
    /// People present in all of them together.
    pub participants: Option<u32>,
}

/// The limits of all tenants.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LimitsOfTenants {
    /// What holds for a tenant that is not named.
    pub usual: TenantLimits,
    /// What holds for those that are.
    pub named: HashMap<TenantId, TenantLimits>,
}

impl TenantLimits {
    /// These, and `others` where they say nothing.
    fn or(self, others: Self) -> Self {
        Self {
            active_sessions: self.active_sessions.or(others.active_sessions),
            participants: self.participants.or(others.participants),
        }
    }
}

/// Knows which sessions of a tenant are active.
#[async_trait]
pub trait ActiveSessions: Send + Sync + 'static {
    /// At most `most` active sessions of `tenant`, as of the log's head when this was asked or, if that takes too long, shortly before.
    ///
    /// # Errors
    /// See [`ViewsError`].
    async fn of_tenant(&self, tenant: TenantId, most: u32) -> Result<Vec<SessionId>, ViewsError>;
}

/// What is counted at most, where nothing limits the number of sessions.
const MOST_COUNTED: u32 = 1_000;

/// Keeps the limits.
pub(crate) struct Room {
    limits: LimitsOfTenants,
    active: Arc<dyn ActiveSessions>,
    /// One start at a time: the next one counts it.
    starting: tokio::sync::Mutex<()>,
}

impl Room {
    pub(crate) fn new(limits: LimitsOfTenants, active: Arc<dyn ActiveSessions>) -> Self {
        Self { limits, active, starting: tokio::sync::Mutex::default() }
    }
}

impl UseCases {
    /// Keeps `limits`, counting the sessions that `active` knows. Several instances that start sessions of one tenant at the same
    /// moment can exceed its limit by one each.
    #[must_use]
    pub fn limited(mut self, limits: LimitsOfTenants, active: Arc<dyn ActiveSessions>) -> Self {
        self.room = Some(Room::new(limits, active));
        self
    }

    /// What limits the tenant that asks, where anything is limited.
    async fn room_and_limits(&self, asking: &Asking) -> Option<(&Room, TenantLimits)> {
        let room = self.room.as_ref()?;
        if let Some(named) = room.limits.named.get(&asking.tenant) {
            return Some((room, *named));
        }
        let Some(tenancy) = &self.ports.neighbours.tenancy else { return Some((room, room.limits.usual)) };
        let said = tenancy.limits(asking).await.unwrap_or_else(|error| {
            tracing::warn!(tenant = %asking.tenant, %error, "the tenant's limits are not known; the usual ones hold");
            TenantLimits::default()
        });
        Some((room, said.or(room.limits.usual)))
    }

    /// Carries `start` out if one more session may be active in the tenant.
    pub(crate) async fn with_room_for_session(
        &self,
        context: &CommandContext,
        start: impl Future<Output = Result<Accepted, UseCaseError>>,
    ) -> Result<Accepted, UseCaseError> {
        let limited = self.room_and_limits(&context.asking()).await;
        let limited = limited.and_then(|(room, limits)| Some((room, limits.active_sessions?)));
        let Some((room, limit)) = limited else { return start.await };
        // Held until the session is started: who comes next has to count it. Both waits inside are bounded.
        let _one_at_a_time = room.starting.lock().await;
        let active = room.active.of_tenant(context.tenant, limit).await.map_err(UseCaseError::Uncounted)?;
        if active.len() >= limit as usize {
            return self.first_outcome(context, UseCaseError::TooManySessions { limit }).await;
        }
        start.await
    }

    /// Refuses if nobody more may be present in the sessions of the tenant. People who come at the very same moment are not counted.
    pub(crate) async fn has_room_for_participant(
        &self,
        context: &CommandContext,
    ) -> Result<(), UseCaseError> {
        let tenant = context.tenant;
        let limited = self.room_and_limits(&context.asking()).await;
        let limited = limited.and_then(|(room, limits)| Some((room, limits.participants?)));
        let Some((room, limit)) = limited else { return Ok(()) };
        let active = room.active.of_tenant(tenant, MOST_COUNTED).await.map_err(UseCaseError::Uncounted)?;
        let mut present = 0_u64;
        for session in active {
            let (count, _) = self.attendances.read(tenant, session, Attendance::present_count).await?;
            present += u64::from(count);
        }
        if present >= u64::from(limit) { Err(UseCaseError::TooManyParticipants { limit }) } else { Ok(()) }
    }
}

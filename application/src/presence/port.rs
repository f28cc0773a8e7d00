//! The port.

use std::time::Duration;

use acta_domain::{SessionId, TenantId, Timestamp};
use async_trait::async_trait;

use crate::leases::HolderId;
use crate::log::{Actor, Fault};

/// Who is connected could not be read or written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PresenceError {
    /// The store did not answer, or not in time. Whether the request took effect is not known.
    #[error("it cannot be told at present who is connected")]
    Unavailable(#[source] Fault),
}

/// Where somebody is connected to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Place {
    /// The tenant.
    pub tenant: TenantId,
    /// The session.
    pub session: SessionId,
    /// Who.
    pub actor: Actor,
}

/// How often somebody is connected to one instance from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Who, and where.
    pub place: Place,
    /// How many connections there are; 0 when the last one is gone.
    pub connections: u32,
    /// Since when there has been one without a pause.
    pub since: Timestamp,
}

/// Somebody who is connected, on whichever instances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connected {
    /// Who.
    pub actor: Actor,
    /// How many connections they have on all instances.
    pub connections: u32,
    /// Since when they have had one.
    pub since: Timestamp,
}

/// Who is connected to a session: a page of them, in the order of their texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresencePage {
    /// At most as many as were asked for.
    pub connected: Vec<Connected>,
    /// How many there are in all.
    pub people: u64,
    /// Whether there are more behind the last one.
    pub more: bool,
}

/// What every instance tells of who is connected to it. Nothing of it is a fact of the record: it is gone when nobody tells it any more.
///
/// An instance counts while its term lasts, by the store's own clock. What a dead one told is not shown, and is removed in time.
/// Every method is cancellation-safe and may be repeated.
#[async_trait]
pub trait PresenceBoard: Send + Sync + 'static {
    /// Takes what `instance` tells, of no place twice; each replaces what it told of the same place before. It is shown as soon as the
    /// board has heard that `instance` [lives](Self::live).
    ///
    /// # Errors
    /// See [`PresenceError`].
    async fn tell(&self, instance: HolderId, told: &[Told]) -> Result<(), PresenceError>;

    /// `instance` lives, for `term` from now. `false` when the board did not know it, or had given it up: then everything it told
    /// may be gone, and it tells all of it anew. Removes what was told by those whose term is long over.
    ///
    /// # Errors
    /// See [`PresenceError`].
    async fn live(&self, instance: HolderId, term: Duration) -> Result<bool, PresenceError>;

    /// `instance` stops: nobody is connected to it any more.
    ///
    /// # Errors
    /// See [`PresenceError`].
    async fn leave(&self, instance: HolderId) -> Result<(), PresenceError>;

    /// At most `limit` of those who are connected to `session`, behind `after` in the order of the actors' texts.
    ///
    /// # Errors
    /// See [`PresenceError`].
    async fn connected(
        &self,
        tenant: TenantId,
        session: SessionId,
        after: Option<&Actor>,
        limit: u32,
    ) -> Result<PresencePage, PresenceError>;
}

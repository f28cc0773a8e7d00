//! The port.

use acta_domain::{SessionId, TenantId};
use acta_proof::commitment::Commitment;
use async_trait::async_trait;
use tokio::sync::watch;

use super::{
    Append, AppendError, AppendTicket, Appended, CommandDigest, CommandId, Fault, Position, RecordedEvent,
    Sequence, SessionIndex, StreamId,
};

/// The log could not be read.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LogError {
    /// The database did not answer, or not in time.
    #[error("the log cannot be read")]
    Unavailable(#[source] Fault),
    /// A row does not have the form that this service writes.
    #[error("the log's row at {place} is damaged: {what}")]
    Damaged {
        /// The row.
        place: String,
        /// What is wrong with it.
        what: String,
    },
}

/// Whose events a reader wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedScope {
    /// Everybody's: projections, relays.
    All,
    /// One tenant's.
    Tenant(TenantId),
}

/// A run of events in order of position.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedPage {
    /// The events in scope.
    pub events: Vec<RecordedEvent>,
    /// Everything in scope up to here has been given; the next page is asked for after it.
    pub reached: Position,
}

/// A stream's folded state, to bound the cold start. Never the truth: a missing or stale one only costs time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The last event that it contains.
    pub sequence: Sequence,
    /// The aggregate as JSON.
    pub state: String,
}

/// The append-only log. Every method is cancellation-safe: a dropped call changes nothing that was promised.
#[async_trait]
pub trait EventLog: Send + Sync + 'static {
    /// Queues `append`; the ticket tells when it is durable. Appends that one task submits one after another are written in
    /// that order. Waits while the queue is full.
    ///
    /// # Errors
    /// [`AppendError::Unavailable`] when the log has stopped.
    async fn submit(&self, append: Append) -> Result<AppendTicket, AppendError>;

    /// Appends and waits until the events are durable.
    ///
    /// # Errors
    /// See [`AppendError`].
    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        self.submit(append).await?.await
    }

    /// Whether other processes may append to the same log: then what was read before may be behind, and a decision that refuses
    /// must be made again from what the log holds now.
    fn has_other_writers(&self) -> bool {
        false
    }

    /// What became of a command that was appended, if it was.
    ///
    /// # Errors
    /// See [`LogError`].
    async fn outcome(
        &self,
        tenant: TenantId,
        command: CommandId,
    ) -> Result<Option<(Appended, CommandDigest)>, LogError>;

    /// At most `limit` events of a stream, after `after`. A stream of another tenant is empty.
    ///
    /// # Errors
    /// See [`LogError`].
    async fn stream(
        &self,
        tenant: TenantId,
        stream: &StreamId,
        after: Sequence,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, LogError>;

    /// At most `limit` events of a session, from `from` on.
    ///
    /// # Errors
    /// See [`LogError`].
    async fn session(
        &self,
        tenant: TenantId,
        session: SessionId,
        from: SessionIndex,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, LogError>;

    /// At most `limit` commitments of a session, from `from` on: what proofs are made of, without the payloads.
    ///
    /// # Errors
    /// See [`LogError`].
    async fn commitments(
        &self,
        tenant: TenantId,
        session: SessionId,
        from: SessionIndex,
        limit: usize,
    ) -> Result<Vec<Commitment>, LogError>;

    /// How many events a session has.
    ///
    /// # Errors
    /// See [`LogError`].
    async fn session_size(&self, tenant: TenantId, session: SessionId) -> Result<u64, LogError>;

    /// The tenant that a session belongs to, for what is public about it.
    ///
    /// # Errors
    /// See [`LogError`].
    async fn tenant_of(&self, session: SessionId) -> Result<Option<TenantId>, LogError>;

    /// At most `limit` events after `after`, in order of position.
    ///
    /// # Errors
    /// See [`LogError`].
    async fn feed(&self, scope: FeedScope, after: Position, limit: usize) -> Result<FeedPage, LogError>;

    /// The newest snapshot of a stream.
    ///
    /// # Errors
    /// See [`LogError`].
    async fn snapshot(&self, tenant: TenantId, stream: &StreamId) -> Result<Option<Snapshot>, LogError>;

    /// Keeps `snapshot` unless a newer one is there.
    ///
    /// # Errors
    /// See [`LogError`].
    async fn keep_snapshot(
        &self,
        tenant: TenantId,
        stream: &StreamId,
        snapshot: Snapshot,
    ) -> Result<(), LogError>;

    /// The last durable position; changes wake whoever tails the log.
    fn head(&self) -> watch::Receiver<Position>;
}

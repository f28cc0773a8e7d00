//! [`SqliteLog`] is an [`EventLog`].

use acta_application::log::{
    Append, AppendError, AppendTicket, Appended, CommandDigest, CommandId, EventLog, FeedPage, FeedScope,
    LogError, Position, RecordedEvent, Sequence, SessionIndex, Snapshot, StreamId,
};
use acta_domain::{SessionId, TenantId};
use acta_proof::commitment::Commitment;
use async_trait::async_trait;
use tokio::sync::watch;

use super::batch::Kept;
use super::{SqliteLog, keep, read};

#[async_trait]
impl EventLog for SqliteLog {
    async fn submit(&self, append: Append) -> Result<AppendTicket, AppendError> {
        self.enqueue(append).await
    }

    async fn outcome(
        &self,
        tenant: TenantId,
        command: CommandId,
    ) -> Result<Option<(Appended, CommandDigest)>, LogError> {
        read::outcome(&self.readers, tenant, command).await
    }

    async fn stream(
        &self,
        tenant: TenantId,
        stream: &StreamId,
        after: Sequence,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, LogError> {
        read::stream(&self.readers, tenant, stream, after, limit).await
    }

    async fn session(
        &self,
        tenant: TenantId,
        session: SessionId,
        from: SessionIndex,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, LogError> {
        read::session(&self.readers, tenant, session, from, limit).await
    }

    async fn commitments(
        &self,
        tenant: TenantId,
        session: SessionId,
        from: SessionIndex,
        limit: usize,
    ) -> Result<Vec<Commitment>, LogError> {
        read::commitments(&self.readers, tenant, session, from, limit).await
    }

    async fn session_size(&self, tenant: TenantId, session: SessionId) -> Result<u64, LogError> {
        read::session_size(&self.readers, tenant, session).await
    }

    async fn tenant_of(&self, session: SessionId) -> Result<Option<TenantId>, LogError> {
        read::tenant_of(&self.readers, session).await
    }

    async fn feed(&self, scope: FeedScope, after: Position, limit: usize) -> Result<FeedPage, LogError> {
        let head = *self.head.borrow();
        if let Some(page) = self.tail.feed(scope, after, head, limit) {
            return Ok(page);
        }
        read::feed(&self.readers, scope, after, head, limit).await
    }

    async fn snapshot(&self, tenant: TenantId, stream: &StreamId) -> Result<Option<Snapshot>, LogError> {
        keep::snapshot(&self.readers, tenant, stream).await
    }

    async fn keep_snapshot(
        &self,
        tenant: TenantId,
        stream: &StreamId,
        snapshot: Snapshot,
    ) -> Result<(), LogError> {
        self.keep(Kept::Snapshot { tenant, stream: stream.clone(), snapshot }).await
    }

    fn head(&self) -> watch::Receiver<Position> {
        self.head.clone()
    }
}

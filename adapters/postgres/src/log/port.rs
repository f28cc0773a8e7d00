//! [`PostgresLog`] is an [`EventLog`].

use acta_application::log::{
    Append, AppendError, AppendTicket, Appended, CommandDigest, CommandId, EventLog, FeedPage, FeedScope,
    LogError, Position, RecordedEvent, Sequence, SessionIndex, Snapshot, StreamId,
};
use acta_domain::{SessionId, TenantId};
use acta_proof::commitment::Commitment;
use async_trait::async_trait;
use tokio::sync::watch;

use super::{PostgresLog, keep, read};

#[async_trait]
impl EventLog for PostgresLog {
    async fn submit(&self, append: Append) -> Result<AppendTicket, AppendError> {
        self.enqueue(append).await
    }

    fn has_other_writers(&self) -> bool {
        true
    }

    async fn outcome(
        &self,
        tenant: TenantId,
        command: CommandId,
    ) -> Result<Option<(Appended, CommandDigest)>, LogError> {
        read::outcome(&self.database, tenant, command).await
    }

    async fn stream(
        &self,
        tenant: TenantId,
        stream: &StreamId,
        after: Sequence,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, LogError> {
        read::stream(&self.database, tenant, stream, after, limit).await
    }

    async fn session(
        &self,
        tenant: TenantId,
        session: SessionId,
        from: SessionIndex,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, LogError> {
        read::session(&self.database, tenant, session, from, limit).await
    }

    async fn commitments(
        &self,
        tenant: TenantId,
        session: SessionId,
        from: SessionIndex,
        limit: usize,
    ) -> Result<Vec<Commitment>, LogError> {
        read::commitments(&self.database, tenant, session, from, limit).await
    }

    async fn session_size(&self, tenant: TenantId, session: SessionId) -> Result<u64, LogError> {
        read::session_size(&self.database, tenant, session).await
    }

    async fn tenant_of(&self, session: SessionId) -> Result<Option<TenantId>, LogError> {
        read::tenant_of(&self.database, session).await
    }

    async fn feed(&self, scope: FeedScope, after: Position, limit: usize) -> Result<FeedPage, LogError> {
        if after >= self.told.last() {
            // Another instance may have appended what nobody told of yet.
            self.told.reaches(read::last_position(&self.database).await?);
        }
        let head = self.told.last();
        if let Some(page) = self.told.tail.feed(scope, after, head, limit) {
            return Ok(page);
        }
        read::feed(&self.database, scope, after, head, limit).await
    }

    async fn snapshot(&self, tenant: TenantId, stream: &StreamId) -> Result<Option<Snapshot>, LogError> {
        keep::snapshot(&self.database, tenant, stream).await
    }

    async fn keep_snapshot(
        &self,
        tenant: TenantId,
        stream: &StreamId,
        snapshot: Snapshot,
    ) -> Result<(), LogError> {
        keep::keep_snapshot(&self.database, tenant, stream, &snapshot).await
    }

    fn head(&self) -> watch::Receiver<Position> {
        self.told.head.subscribe()
    }
}

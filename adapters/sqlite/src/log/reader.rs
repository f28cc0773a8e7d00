//! The log, read beside the service that writes it.

use std::path::Path;
use std::sync::Arc;

use acta_application::log::{
    Append, AppendError, AppendTicket, Appended, CommandDigest, CommandId, EventLog, Fault, FeedPage,
    FeedScope, LogError, Position, RecordedEvent, Sequence, SessionIndex, Snapshot, StreamId,
};
use acta_domain::{SessionId, TenantId};
use acta_proof::commitment::Commitment;
use async_trait::async_trait;
use sqlx::sqlite::SqlitePool;
use tokio::sync::watch;

use super::{keep, read, unavailable};
use crate::database::{LOG, readers_beside_a_writer};
use crate::folder::OpenError;

/// The log in `log.sqlite`, for reading only, beside a service that may be running on the folder: it takes no lock and writes nothing.
///
/// Where the log ends it asks when its feed is read to the end that it knew; nobody tells it.
#[derive(Debug)]
pub struct SqliteLogReader {
    readers: SqlitePool,
    head: watch::Sender<Position>,
}

/// Something was to be written.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the log is open for reading only")]
struct ReadOnly;

impl SqliteLogReader {
    /// Opens the log in the folder `folder`.
    ///
    /// # Errors
    /// [`OpenError::OtherVersion`] when another version of the service made its tables, [`OpenError::Database`] when there is no
    /// log, or it cannot be read.
    pub async fn open(folder: &Path) -> Result<Self, OpenError> {
        let path = folder.join("log.sqlite");
        let readers = readers_beside_a_writer(&path, LOG).await?;
        let last = read::last_position(&readers).await;
        let last = last.map_err(|source| OpenError::Database { path, source })?;
        Ok(Self { readers, head: watch::channel(last).0 })
    }

    /// Closes its connections.
    pub async fn close(&self) {
        self.readers.close().await;
    }

    /// The end of the log, asked for anew if all that was known of is before it.
    async fn end(&self, after: Position) -> Result<Position, LogError> {
        if after >= *self.head.borrow() {
            let last = read::last_position(&self.readers).await.map_err(unavailable)?;
            self.head.send_if_modified(|head| std::mem::replace(head, last) != last);
        }
        Ok(*self.head.borrow())
    }
}

fn read_only() -> Fault {
    Arc::new(ReadOnly)
}

#[async_trait]
impl EventLog for SqliteLogReader {
    /// Never: [`AppendError::Unavailable`].
    async fn submit(&self, _append: Append) -> Result<AppendTicket, AppendError> {
        Err(AppendError::Unavailable(read_only()))
    }

    fn has_other_writers(&self) -> bool {
        true
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
        let end = self.end(after).await?;
        read::feed(&self.readers, scope, after, end, limit).await
    }

    async fn snapshot(&self, tenant: TenantId, stream: &StreamId) -> Result<Option<Snapshot>, LogError> {
        keep::snapshot(&self.readers, tenant, stream).await
    }

    /// Never: [`LogError::Unavailable`].
    async fn keep_snapshot(
        &self,
        _tenant: TenantId,
        _stream: &StreamId,
        _snapshot: Snapshot,
    ) -> Result<(), LogError> {
        Err(LogError::Unavailable(read_only()))
    }

    fn head(&self) -> watch::Receiver<Position> {
        self.head.subscribe()
    }
}

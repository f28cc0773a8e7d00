//! The keys of persons in `keys.sqlite`.

mod cache;
mod rewrap;
mod scrub;
mod table;
mod writer;

use std::sync::Arc;

use acta_application::clock::Randomness;
use acta_application::log::Fault;
use acta_application::persons::{KeyState, KeyWrap, PersonKeys, PersonKeysError, Subject};
use acta_domain::{SessionId, TenantId, Timestamp};
use async_trait::async_trait;
use sqlx::sqlite::{SqlitePool, SqliteSynchronous};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use rewrap::{RewrapError, Rewrapped, count_keys, rewrap_keys};

use crate::database::{Database, KEYS, fault};
use crate::folder::{DataFolder, OpenError};
use cache::Cache;
use table::{Owner, Table};
use writer::{Request, Writer};

/// Requests that may wait in front of the writer.
const QUEUE: usize = 1024;

/// The keys of persons in `keys.sqlite`: wrapped on disk, unwrapped in a bounded cache, and gone from every byte of the folder once
/// they are erased.
pub struct SqliteKeys {
    queue: mpsc::Sender<Request>,
    readers: SqlitePool,
    table: Table,
    cache: Arc<Cache>,
    closing: CancellationToken,
    writer: TaskTracker,
    database: Database,
}

/// The key store was closed.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the key store was closed")]
struct Closed;

impl SqliteKeys {
    /// Opens the keys of `folder`, wrapped by `wrap`; makes the file if it is not there. An erasure that a crash cut short is
    /// finished before this returns.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open(
        folder: &DataFolder,
        wrap: Arc<dyn KeyWrap>,
        randomness: Arc<dyn Randomness>,
    ) -> Result<Self, OpenError> {
        let database = Database::prepare(folder, "keys.sqlite", SqliteSynchronous::Full, KEYS).await?;
        scrub::finish(&database).await.map_err(|source| OpenError::Scrub { source: Box::new(source) })?;
        let (queue, requests) = mpsc::channel(QUEUE);
        let (cache, closing, writer) = (Arc::new(Cache::new()), CancellationToken::new(), TaskTracker::new());
        let table = Table::new(wrap, randomness);
        let task =
            Writer::new(database.clone(), table.clone(), Arc::clone(&cache), requests, closing.clone());
        writer.spawn(task.run());
        writer.close();
        Ok(Self { queue, readers: database.readers(), table, cache, closing, writer, database })
    }

    /// Takes no more, finishes what is queued, and moves everything from the WAL into the file.
    ///
    /// # Errors
    /// [`PersonKeysError::Unavailable`] when the last checkpoint failed; nothing is lost then.
    pub async fn close(&self) -> Result<(), PersonKeysError> {
        self.closing.cancel();
        self.writer.wait().await;
        self.readers.close().await;
        self.database.checkpoint().await.map_err(unavailable)
    }

    async fn ask<T>(
        &self,
        request: impl FnOnce(oneshot::Sender<Result<T, PersonKeysError>>) -> Request,
    ) -> Result<T, PersonKeysError> {
        let (answer, outcome) = oneshot::channel();
        self.queue.send(request(answer)).await.map_err(|_| PersonKeysError::Unavailable(closed()))?;
        outcome.await.unwrap_or_else(|_| Err(PersonKeysError::Unavailable(closed())))
    }

    async fn read(&self, owner: &Owner) -> Result<KeyState, PersonKeysError> {
        let seen = self.cache.generation();
        let mut connection = self.readers.acquire().await.map_err(unavailable)?;
        let state = self.table.find(&mut connection, owner).await?;
        self.cache.keep_if(seen, owner, &state);
        Ok(state)
    }
}

impl std::fmt::Debug for SqliteKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqliteKeys").field("database", &self.database).finish_non_exhaustive()
    }
}

fn closed() -> Fault {
    Arc::new(Closed)
}

fn unavailable(error: sqlx::Error) -> PersonKeysError {
    PersonKeysError::Unavailable(fault(error))
}

#[async_trait]
impl PersonKeys for SqliteKeys {
    async fn obtain(
        &self,
        tenant: TenantId,
        session: SessionId,
        subject: Subject,
    ) -> Result<KeyState, PersonKeysError> {
        match self.find(tenant, session, subject).await? {
            KeyState::Absent => {
                let owner = Owner { tenant, session, subject };
                self.ask(|answer| Request::Obtain { owner, answer }).await
            }
            state => Ok(state),
        }
    }

    async fn find(
        &self,
        tenant: TenantId,
        session: SessionId,
        subject: Subject,
    ) -> Result<KeyState, PersonKeysError> {
        let owner = Owner { tenant, session, subject };
        match self.cache.get(&owner) {
            Some(state) => Ok(state),
            None => self.read(&owner).await,
        }
    }

    async fn of_session(
        &self,
        tenant: TenantId,
        session: SessionId,
    ) -> Result<Vec<(Subject, KeyState)>, PersonKeysError> {
        let mut connection = self.readers.acquire().await.map_err(unavailable)?;
        self.table.of_session(&mut connection, tenant, session).await
    }

    async fn erase(
        &self,
        tenant: TenantId,
        session: SessionId,
        subject: Subject,
        at: Timestamp,
    ) -> Result<bool, PersonKeysError> {
        let owner = Owner { tenant, session, subject };
        self.ask(|answer| Request::Erase { owner, at, answer }).await
    }
}

//! The keys of persons in the table `person_keys`.
//!
//! # When an erased key is out of use
//! On the instance that erased it: before the erasure is acknowledged. On every other one: as soon as it hears of it, which takes
//! milliseconds, and in any case **within 5 seconds of that instance's running time after the erasure was committed**, also when
//! it hears nothing: a key in memory is used for that long at most after it was last certain that nobody had erased it. An instance
//! that is cut off from the database so has no keys after 5 seconds. How it is known: the module `follow`.
//!
//! # Where an erased key still lies
//! The row loses the key at once, so nobody who asks the database gets it. Its bytes, wrapped by the master key, remain for a while:
//!
//! - in the *table's file*, until it is written anew: [`scrub_keys`], by the owner, at a time of the operator's choice;
//!   [`keys_to_scrub`] counts the erased keys that wait for it. The service's roles own nothing and cannot do it themselves.
//!   `VACUUM`, also `FULL`, does not do: the first leaves the bytes in unused space of a page, the second copies what an older
//!   transaction might still want to see;
//! - in the *WAL*, until its segments are written over or removed, and in every *archive* of it;
//! - on *replicas*, until they replayed the scrubbing, and in *backups* and snapshots of volumes, for as long as those are kept;
//! - in *freed blocks* of the file system, until it uses them again.
//!
//! Whoever wants to open one there needs the master key too. So an erasure is final once the last backup and archive from before the
//! scrubbing is gone; how long these are kept is the operator's promise. A database that is restored from a backup, or that
//! fails over to a replica that was behind, has the keys again that were erased since: the erasures must be repeated from the
//! service's lines "a person was erased".

mod asker;
mod cache;
mod follow;
mod rewrap;
mod scrub;
mod table;

use std::sync::Arc;

use acta_application::clock::Randomness;
use acta_application::log::Fault;
use acta_application::persons::{KeyState, KeyWrap, PersonKeys, PersonKeysError, Subject};
use acta_domain::{SessionId, TenantId, Timestamp};
use async_trait::async_trait;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use rewrap::{RewrapError, Rewrapped, count_keys, rewrap_keys};
pub use scrub::{ScrubError, keys_to_scrub, rewrite_keys, scrub_keys};

use crate::database::{Database, fault};
use asker::{Asker, Question};
use cache::Cache;
use follow::Follower;
use table::{Owner, Table};

/// Questions that may wait in front of the asker.
const QUEUE: usize = 2048;

/// The keys of persons in the table `person_keys`: wrapped there, unwrapped in a bounded cache. One task asks the database for what
/// is not in the cache, all that wait together; another hears what other instances erase.
pub struct PostgresKeys {
    queue: mpsc::Sender<Question>,
    database: Database,
    table: Table,
    cache: Arc<Cache>,
    closing: CancellationToken,
    tasks: TaskTracker,
}

/// The key store was closed.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the key store was closed")]
struct Closed;

impl PostgresKeys {
    /// Opens the keys, wrapped by `wrap`. Dropped, it finishes what was queued; [`Self::close`] waits for it.
    ///
    /// # Errors
    /// [`PersonKeysError::Unavailable`] when the database does not answer.
    pub async fn open(
        database: &Database,
        wrap: Arc<dyn KeyWrap>,
        randomness: Arc<dyn Randomness>,
    ) -> Result<Self, PersonKeysError> {
        let connection = database.connect_to_serve().await.map_err(unavailable)?;
        let (queue, questions) = mpsc::channel(QUEUE);
        let (cache, closing, tasks) = (Arc::new(Cache::new()), CancellationToken::new(), TaskTracker::new());
        let follower = Follower::new(database.clone(), Arc::clone(&cache), randomness.as_ref());
        let table = Table::new(wrap, randomness);
        let asker = Asker::new(database.clone(), connection, table.clone(), Arc::clone(&cache), questions);
        tasks.spawn(asker.run(closing.clone()));
        tasks.spawn(follower.run(closing.clone()));
        tasks.close();
        Ok(Self { queue, database: database.clone(), table, cache, closing, tasks })
    }

    /// Takes no more, and finishes what is queued.
    pub async fn close(&self) {
        self.closing.cancel();
        self.tasks.wait().await;
    }

    async fn ask(&self, owner: Owner, make: bool) -> Result<KeyState, PersonKeysError> {
        match self.cache.get(&owner, Instant::now()) {
            Some(state) => return Ok(state),
            None if self.closing.is_cancelled() => return Err(closed()),
            None => {}
        }
        let (answer, outcome) = oneshot::channel();
        self.queue.send(Question { owner, make, answer }).await.map_err(|_| closed())?;
        outcome.await.unwrap_or_else(|_| Err(closed()))
    }
}

impl std::fmt::Debug for PostgresKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresKeys").field("database", &self.database).finish_non_exhaustive()
    }
}

impl Drop for PostgresKeys {
    fn drop(&mut self) {
        self.closing.cancel();
    }
}

fn closed() -> PersonKeysError {
    let fault: Fault = Arc::new(Closed);
    PersonKeysError::Unavailable(fault)
}

fn unavailable(error: sqlx::Error) -> PersonKeysError {
    PersonKeysError::Unavailable(fault(error))
}

/// An answer that does not come in time is an error of the connection.
async fn within<T>(
    database: &Database,
    answer: impl Future<Output = Result<T, PersonKeysError>>,
) -> Result<T, PersonKeysError> {
    let late = |_| unavailable(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into()));
    tokio::time::timeout(database.patience(), answer).await.map_err(late)?
}

#[async_trait]
impl PersonKeys for PostgresKeys {
    async fn obtain(
        &self,
        tenant: TenantId,
        session: SessionId,
        subject: Subject,
    ) -> Result<KeyState, PersonKeysError> {
        self.ask(Owner { tenant, session, subject }, true).await
    }

    async fn find(
        &self,
        tenant: TenantId,
        session: SessionId,
        subject: Subject,
    ) -> Result<KeyState, PersonKeysError> {
        self.ask(Owner { tenant, session, subject }, false).await
    }

    async fn of_session(
        &self,
        tenant: TenantId,
        session: SessionId,
    ) -> Result<Vec<(Subject, KeyState)>, PersonKeysError> {
        within(&self.database, self.table.of_session(&self.database, tenant, session)).await
    }

    /// As the module says: out of the row at once, out of the files when they are scrubbed.
    async fn erase(
        &self,
        tenant: TenantId,
        session: SessionId,
        subject: Subject,
        at: Timestamp,
    ) -> Result<bool, PersonKeysError> {
        let owner = Owner { tenant, session, subject };
        let erasing = async { table::erase(&self.database, &owner, at).await.map_err(unavailable) };
        let erased = within(&self.database, erasing).await;
        // Also after a failure: it may have been committed all the same.
        self.cache.forget(&owner);
        erased
    }
}

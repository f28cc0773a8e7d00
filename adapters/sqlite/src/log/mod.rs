//! The log in `log.sqlite`.

mod archive;
mod batch;
mod insert;
mod keep;
mod known;
mod port;
mod read;
mod reader;
mod row;
mod writer;

use std::sync::Arc;

use acta_application::clock::{Clock, Randomness};
use acta_application::log::{Append, AppendError, AppendTicket, Fault, LogError, Position, Tail};
use sqlx::sqlite::{SqlitePool, SqliteSynchronous};
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::database::{Database, LOG, fault};
use crate::folder::{DataFolder, OpenError};
use batch::{Kept, Request};
pub use reader::SqliteLogReader;
use writer::{Told, Writer};

/// Requests that may wait in front of the writer.
const QUEUE: usize = 1024;

/// The log in `log.sqlite`: one task writes, in batches that share one fsync; a few connections read.
#[derive(Debug)]
pub struct SqliteLog {
    queue: mpsc::Sender<Request>,
    readers: SqlitePool,
    head: watch::Receiver<Position>,
    tail: Arc<Tail>,
    closing: CancellationToken,
    writer: TaskTracker,
    database: Database,
}

/// The log was closed.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the log was closed")]
struct Closed;

impl SqliteLog {
    /// Opens the log of `folder`; makes it if it is not there. Dropped, it finishes what was queued; [`Self::close`] waits for it.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open(
        folder: &DataFolder,
        clock: Arc<dyn Clock>,
        randomness: Arc<dyn Randomness>,
    ) -> Result<Self, OpenError> {
        let database = Database::prepare(folder, "log.sqlite", SqliteSynchronous::Full, LOG).await?;
        let readers = database.readers();
        let last = read::last_position(&readers).await.map_err(|error| database.failed(error))?;
        let (queue, requests) = mpsc::channel(QUEUE);
        let (head, watch) = watch::channel(last);
        let (tail, closing) = (Arc::new(Tail::default()), CancellationToken::new());
        let writer = TaskTracker::new();
        let told = Told { head, tail: Arc::clone(&tail) };
        writer.spawn(Writer::new(database.clone(), requests, closing.clone(), told, clock, randomness).run());
        writer.close();
        Ok(Self { queue, readers, head: watch, tail, closing, writer, database })
    }

    /// Takes no more, finishes what is queued, and moves everything from the WAL into the file.
    ///
    /// # Errors
    /// [`LogError::Unavailable`] when the last checkpoint failed; nothing is lost then, the next start does it.
    pub async fn close(&self) -> Result<(), LogError> {
        self.closing.cancel();
        self.writer.wait().await;
        self.readers.close().await;
        self.database.checkpoint().await.map_err(unavailable)
    }

    async fn enqueue(&self, append: Append) -> Result<AppendTicket, AppendError> {
        append.check_bounds()?;
        let (answer, ticket) = AppendTicket::new();
        let request = Request::Append { append: Box::new(append), answer };
        self.queue.send(request).await.map_err(|_| AppendError::Unavailable(closed()))?;
        Ok(ticket)
    }

    async fn keep(&self, what: Kept) -> Result<(), LogError> {
        let (answer, kept) = oneshot::channel();
        let request = Request::Keep { what, answer };
        self.queue.send(request).await.map_err(|_| LogError::Unavailable(closed()))?;
        kept.await.unwrap_or_else(|_| Err(LogError::Unavailable(closed())))
    }
}

fn closed() -> Fault {
    Arc::new(Closed)
}

fn unavailable(error: sqlx::Error) -> LogError {
    LogError::Unavailable(fault(error))
}

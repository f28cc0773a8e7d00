//! The log in the table `events`.

mod append;
mod archive;
mod failure;
mod follow;
mod keep;
mod known;
mod port;
mod read;
mod row;
mod writer;

use std::sync::Arc;

use acta_application::clock::{Clock, Randomness};
use acta_application::log::{Append, AppendError, AppendTicket, Fault, LogError, Position, Tail};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::database::{Database, fault};
use writer::{Queued, Writer};

/// Appends that may wait in front of the writer.
const QUEUE: usize = 2048;

/// The log in the table `events`: one task appends, in batches that share one commit; another follows what other instances append.
#[derive(Debug)]
pub struct PostgresLog {
    queue: mpsc::Sender<Queued>,
    database: Database,
    told: Told,
    closing: CancellationToken,
    tasks: TaskTracker,
}

/// What is known of the end of the log, for those who follow it.
#[derive(Debug, Clone)]
struct Told {
    head: watch::Sender<Position>,
    tail: Arc<Tail>,
}

impl Told {
    /// The log reaches to `head` at least.
    fn reaches(&self, head: Position) {
        self.head.send_if_modified(|last| {
            let further = head > *last;
            *last = head.max(*last);
            further
        });
    }

    fn last(&self) -> Position {
        *self.head.borrow()
    }
}

/// The log was closed.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the log was closed")]
struct Closed;

impl PostgresLog {
    /// Opens the log. Dropped, it finishes what was queued; [`Self::close`] waits for it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn open(
        database: &Database,
        clock: Arc<dyn Clock>,
        randomness: Arc<dyn Randomness>,
    ) -> Result<Self, LogError> {
        let last = read::last_position(database).await?;
        let (queue, queued) = mpsc::channel(QUEUE);
        let told = Told { head: watch::channel(last).0, tail: Arc::new(Tail::default()) };
        let (closing, tasks) = (CancellationToken::new(), TaskTracker::new());
        let writer = Writer::new(database.clone(), queued, closing.clone(), told.clone(), clock, randomness);
        tasks.spawn(writer.run());
        tasks.spawn(follow::follow(database.clone(), told.clone(), closing.clone()));
        tasks.close();
        Ok(Self { queue, database: database.clone(), told, closing, tasks })
    }

    /// Takes no more and finishes what is queued.
    pub async fn close(&self) {
        self.closing.cancel();
        self.tasks.wait().await;
    }

    async fn enqueue(&self, append: Append) -> Result<AppendTicket, AppendError> {
        append.check_bounds()?;
        let (answer, ticket) = AppendTicket::new();
        let queued = Queued { append: Box::new(append), answer };
        self.queue.send(queued).await.map_err(|_| AppendError::Unavailable(closed()))?;
        Ok(ticket)
    }
}

impl Drop for PostgresLog {
    fn drop(&mut self) {
        self.closing.cancel();
    }
}

fn closed() -> Fault {
    Arc::new(Closed)
}

fn unavailable(error: sqlx::Error) -> LogError {
    LogError::Unavailable(fault(error))
}

//! The one task of this instance that appends: it gathers what waits, writes it with one statement, and answers when that is durable.
//!
//! # Belief, then truth
//! The ends of sessions and streams are kept from batch to batch, so a batch needs no question before its statement. Other instances
//! append too, so what is kept is a belief, and the table's constraints confirm it: each says that an event has its place alone. When
//! one is met, or when the belief alone would refuse an append, the batch is written again from the truth: under the lock on the
//! log's end, with everything read anew. Nothing is ever refused on a belief.

use std::sync::Arc;
use std::time::Duration;

use acta_application::clock::{Clock, Randomness};
use acta_application::log::{
    Admission, Append, AppendAnswer, Batch, BatchFailure, LogHeads, LogMeasures, Untold,
};
use acta_domain::Timestamp;
use sqlx::postgres::PgConnection;
use sqlx::{Connection, Postgres, Transaction};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::failure::{Refusal, not_written, of_append, of_commit};
use super::known::{self, Owners};
use super::{Told, append};
use crate::database::Database;

/// Most sessions and streams whose ends are kept.
const MOST_ENDS: usize = 200_000;
/// How often a batch is written from the truth: again only when it met what is another tenant's.
const ATTEMPTS: usize = 3;

/// An append that waits.
#[derive(Debug)]
pub(super) struct Queued {
    pub(super) append: Box<Append>,
    pub(super) answer: AppendAnswer,
}

/// The writer, with a connection of its own.
pub(super) struct Writer {
    database: Database,
    connection: Option<PgConnection>,
    queue: mpsc::Receiver<Queued>,
    carried: Option<Queued>,
    closing: CancellationToken,
    told: Told,
    clock: Arc<dyn Clock>,
    randomness: Arc<dyn Randomness>,
    heads: LogHeads,
    measures: LogMeasures,
}

impl Writer {
    pub(super) fn new(
        database: Database,
        queue: mpsc::Receiver<Queued>,
        closing: CancellationToken,
        told: Told,
        clock: Arc<dyn Clock>,
        randomness: Arc<dyn Randomness>,
    ) -> Self {
        let heads = LogHeads::new(told.last(), Timestamp::MIN);
        let (connection, carried, measures) = (None, None, LogMeasures::new());
        Self { database, connection, queue, carried, closing, told, clock, randomness, heads, measures }
    }

    /// Writes until the log is closed or dropped and the queue is empty.
    pub(super) async fn run(mut self) {
        while let Some(first) = self.next().await {
            let batch = self.gather(first);
            self.write(batch).await;
        }
        if let Some(connection) = self.connection
            && let Err(error) = connection.close().await
        {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the log's writer did not close cleanly"
            );
        }
    }

    async fn next(&mut self) -> Option<Queued> {
        if self.carried.is_some() {
            return self.carried.take();
        }
        tokio::select! {
            biased;
            queued = self.queue.recv() => return queued,
            () = self.closing.cancelled() => self.queue.close(),
        }
        self.queue.recv().await
    }

    fn gather(&mut self, first: Queued) -> Batch {
        let mut batch = Batch::default();
        let mut next = Some(first);
        while let Some(Queued { append, answer }) = next {
            if let Err((append, answer)) = batch.take(append, answer) {
                self.carried = Some(Queued { append, answer });
                break;
            }
            next = self.queue.try_recv().ok();
        }
        batch
    }

    async fn write(&mut self, mut batch: Batch) {
        let (began, appends) = (Instant::now(), batch.appends().count());
        match self.append(&mut batch).await {
            Ok(mut admission) => {
                self.measures.written(appends, admission.rows.len(), began.elapsed());
                self.tell(&mut admission);
                batch.succeed(&admission);
                self.heads.end_batch(MOST_ENDS);
            }
            Err(failure) => {
                tracing::error!(error = &failure as &dyn std::error::Error, "a batch of appends failed");
                self.measures.failed();
                self.connection = None;
                self.heads = LogHeads::new(self.told.last(), self.heads.recorded_at());
                batch.fail(&failure);
            }
        }
    }

    /// First the tail, so that whoever is woken by the head finds the events; then the head, so that whoever has an answer finds the
    /// head at least there.
    fn tell(&self, admission: &mut Admission) {
        self.told.tail.extend(std::mem::take(&mut admission.rows).into_iter().map(|row| row.event));
        if let Some(last) = admission.last() {
            self.told.reaches(last);
        }
    }

    async fn append(&mut self, batch: &mut Batch) -> Result<Admission, BatchFailure> {
        match self.append_on_belief(batch).await {
            Ok(admission) => Ok(admission),
            Err(Refusal::Stale) => self.append_from_truth(batch, Owners::default()).await,
            Err(Refusal::Foreign) => {
                let owners = Owners::of(&self.database, batch).await?;
                self.append_from_truth(batch, owners).await
            }
            Err(Refusal::Failed(failure)) => Err(failure),
        }
    }

    /// One round trip, if everything that the batch touches was met before.
    async fn append_on_belief(&mut self, batch: &Batch) -> Result<Admission, Refusal> {
        let mut connection = self.connection().await?;
        let untold = self.heads.untold(batch.appends());
        if !untold.is_empty() {
            self.look_up(&mut connection, batch, untold).await?;
        }
        let now = self.clock.now();
        let admitted = batch.admit_on_belief(&mut self.heads, now, self.randomness.as_ref());
        let Some(mut admission) = admitted? else {
            self.connection = Some(connection);
            return Err(Refusal::Stale);
        };
        let known = self.told.last();
        let appended = append::append(&mut connection, batch, &admission.rows, known);
        let appended = within(self.database.patience(), appended).await.map_err(of_append);
        if matches!(appended, Ok(_) | Err(Refusal::Stale | Refusal::Foreign)) {
            self.connection = Some(connection);
        }
        let last = appended?;
        admission.move_to(last);
        self.heads.move_position(last);
        Ok(admission)
    }

    /// Under the lock on the log's end, so that nobody else appends meanwhile.
    async fn append_from_truth(
        &mut self,
        batch: &mut Batch,
        mut owners: Owners,
    ) -> Result<Admission, BatchFailure> {
        for _ in 0..ATTEMPTS {
            let mut connection = self.connection().await?;
            let attempt = self.attempt(&mut connection, batch, &owners).await;
            match attempt {
                Ok(admission) => {
                    self.connection = Some(connection);
                    if !owners.is_empty() {
                        // Whose it is was asked for, not where it ends.
                        self.heads = LogHeads::new(self.heads.position(), self.heads.recorded_at());
                    }
                    return Ok(admission);
                }
                Err(Refusal::Failed(failure)) => return Err(failure),
                Err(Refusal::Stale | Refusal::Foreign) => {
                    owners = Owners::of(&self.database, batch).await?;
                }
            }
        }
        Err(BatchFailure::NotWritten(Arc::new(Unsettled)))
    }

    async fn attempt(
        &mut self,
        connection: &mut PgConnection,
        batch: &mut Batch,
        owners: &Owners,
    ) -> Result<Admission, Refusal> {
        let patience = self.database.patience();
        let mut transaction = begin(connection, batch, patience).await?;
        let position = bounded(patience, known::lock(&mut transaction)).await?;
        self.heads.forget(batch.appends());
        self.heads.move_position(position);
        let untold = self.heads.untold(batch.appends());
        bounded(patience, known::tell(&mut transaction, &mut self.heads, untold)).await?;
        bounded(patience, known::tell_commands(&mut transaction, &mut self.heads, batch)).await?;
        owners.tell(&mut self.heads, batch);
        let admission = batch.admit(&mut self.heads, self.clock.now(), self.randomness.as_ref())?;
        if admission.rows.is_empty() {
            // Now, and not at the next use of the connection: the lock is held until then.
            within(patience, transaction.rollback()).await.map_err(not_written)?;
            return Ok(admission);
        }
        let appended = append::append(&mut transaction, batch, &admission.rows, position);
        if let Err(error) = within(patience, appended).await {
            return Err(match of_append(error) {
                // Before the commit, so whatever it was, it is not in the log.
                Refusal::Failed(BatchFailure::InDoubt(fault)) => BatchFailure::NotWritten(fault).into(),
                refusal => refusal,
            });
        }
        within(patience, transaction.commit()).await.map_err(of_commit)?;
        Ok(admission)
    }

    async fn look_up(
        &mut self,
        connection: &mut PgConnection,
        batch: &Batch,
        untold: Untold,
    ) -> Result<(), BatchFailure> {
        let patience = self.database.patience();
        let mut transaction = begin(connection, batch, patience).await?;
        bounded(patience, known::tell(&mut transaction, &mut self.heads, untold)).await?;
        within(patience, transaction.rollback()).await.map_err(not_written)
    }

    async fn connection(&mut self) -> Result<PgConnection, BatchFailure> {
        match self.connection.take() {
            Some(connection) => Ok(connection),
            None => self.database.connect_to_serve().await.map_err(not_written),
        }
    }
}

/// A batch that met another tenant's streams each time anew.
#[derive(Debug, thiserror::Error)]
#[error("others kept taking the sessions or streams of the batch")]
struct Unsettled;

async fn begin<'c>(
    connection: &'c mut PgConnection,
    batch: &Batch,
    patience: Duration,
) -> Result<Transaction<'c, Postgres>, BatchFailure> {
    let statement = format!("BEGIN; SET LOCAL app.appending_tenants = '{}'", append::tenants(batch));
    within(patience, connection.begin_with(statement)).await.map_err(not_written)
}

/// An answer that does not come in time is an error of the connection.
async fn within<T>(
    patience: Duration,
    answer: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    let late = |_| sqlx::Error::Io(std::io::ErrorKind::TimedOut.into());
    tokio::time::timeout(patience, answer).await.map_err(late)?
}

/// The same for what happens before a commit is asked for.
async fn bounded<T>(
    patience: Duration,
    answer: impl Future<Output = Result<T, BatchFailure>>,
) -> Result<T, BatchFailure> {
    let late = |_| not_written(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into()));
    tokio::time::timeout(patience, answer).await.map_err(late)?
}

//! The one task of this instance that appends: it gathers what waits, writes it with one statement, and answers when that is durable.
//!
//! # Belief, then truth
//! The ends of sessions and streams are kept from batch to batch, so a batch needs no question before its statement. Other instances
//! append too, so what is kept is a belief, and the table's constraints confirm it: each says that an event has its place alone. When
//! one is met, or when the belief alone would refuse an append, the batch is written again from the truth: under the lock on the
//! log's end, with everything read anew. Nothing is ever refused on a belief.
//!
//! While a batch is at the server, what arrives is given its places behind it, hashed and all: it believes that the batch is written.
//! If it is not, those places are forgotten, and given anew.

use std::sync::Arc;
use std::time::Duration;

use acta_application::clock::{Clock, Randomness};
use acta_application::log::{
    Admission, Append, AppendAnswer, Batch, BatchFailure, LogHeads, Position, Untold,
};
use acta_domain::Timestamp;
use sqlx::postgres::PgConnection;
use sqlx::{Connection, Postgres, Transaction};
use tokio::sync::mpsc;
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
    /// What did not fit into the batch that was gathered.
    carried: Option<Queued>,
    closing: CancellationToken,
    told: Told,
    belief: Belief,
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
        let belief = Belief { heads: LogHeads::new(told.last(), Timestamp::MIN), clock, randomness };
        Self { database, connection: None, queue, carried: None, closing, told, belief }
    }

    /// Writes until the log is closed or dropped and the queue is empty.
    pub(super) async fn run(mut self) {
        let mut gathered = Gathered::default();
        while let Some(first) = self.next(&gathered).await {
            self.gather(&mut gathered, first);
            gathered = self.write(gathered).await;
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

    /// What is to be gathered next: nothing, if there is something already and no more waits; [`None`] at the end.
    async fn next(&mut self, gathered: &Gathered) -> Option<Option<Queued>> {
        if self.closing.is_cancelled() {
            self.queue.close();
        }
        if !gathered.batch.is_empty() || self.carried.is_some() {
            return Some(self.carried.take());
        }
        tokio::select! {
            biased;
            queued = self.queue.recv() => return queued.map(Some),
            () = self.closing.cancelled() => self.queue.close(),
        }
        self.queue.recv().await.map(Some)
    }

    /// Takes `first` and what else waits, as long as there is room.
    fn gather(&mut self, gathered: &mut Gathered, first: Option<Queued>) {
        let mut next = first.or_else(|| self.queue.try_recv().ok());
        while let Some(queued) = next {
            self.carried = gathered.take(queued, &mut self.belief);
            if self.carried.is_some() {
                break;
            }
            next = self.queue.try_recv().ok();
        }
    }

    /// Writes what is gathered; gives what was gathered meanwhile.
    async fn write(&mut self, gathered: Gathered) -> Gathered {
        let Gathered { mut batch, believed } = gathered;
        let mut next = Gathered::default();
        let written = match self.append_on_belief(&batch, believed, &mut next).await {
            Ok(admission) => Ok(admission),
            Err(refusal) => {
                next.doubt(&mut self.belief);
                self.append_otherwise(refusal, &mut batch).await
            }
        };
        match written {
            Ok(mut admission) => {
                self.tell(&mut admission);
                batch.succeed(&admission);
                self.belief.heads.end_batch(MOST_ENDS);
            }
            Err(failure) => {
                tracing::error!(error = &failure as &dyn std::error::Error, "a batch of appends failed");
                self.connection = None;
                next.believed = None;
                self.belief.forget_all(self.told.last());
                batch.fail(&failure);
            }
        }
        next
    }

    /// First the tail, so that whoever is woken by the head finds the events; then the head, so that whoever has an answer finds the
    /// head at least there.
    fn tell(&self, admission: &mut Admission) {
        self.told.tail.extend(std::mem::take(&mut admission.rows).into_iter().map(|row| row.event));
        if let Some(last) = admission.last() {
            self.told.reaches(last);
        }
    }

    /// One round trip, if everything that the batch touches was met before. Gathers `next` meanwhile.
    async fn append_on_belief(
        &mut self,
        batch: &Batch,
        believed: Option<Admission>,
        next: &mut Gathered,
    ) -> Result<Admission, Refusal> {
        let mut connection = self.connection().await?;
        let mut admission = match believed {
            Some(admission) => admission,
            None => match self.look_up_and_admit(&mut connection, batch).await? {
                Some(admission) => admission,
                None => {
                    self.connection = Some(connection);
                    return Err(Refusal::Stale);
                }
            },
        };
        let known = self.told.last();
        let appended = append::append(&mut connection, batch, &admission.rows, known);
        let appended = self.while_gathering(within(self.database.patience(), appended), next).await;
        let appended = appended.map_err(of_append);
        if matches!(appended, Ok(_) | Err(Refusal::Stale | Refusal::Foreign)) {
            self.connection = Some(connection);
        }
        admission.move_to(appended?);
        Ok(admission)
    }

    /// Waits for `answer`, and gathers `next` until it is there.
    async fn while_gathering<T>(&mut self, answer: impl Future<Output = T>, next: &mut Gathered) -> T {
        let mut answer = std::pin::pin!(answer);
        loop {
            tokio::select! {
                biased;
                answer = &mut answer => return answer,
                Some(queued) = self.queue.recv(), if self.carried.is_none() => {
                    self.carried = next.take(queued, &mut self.belief);
                }
            }
        }
    }

    /// The places of a batch that has none yet; [`None`] if the belief would refuse one.
    async fn look_up_and_admit(
        &mut self,
        connection: &mut PgConnection,
        batch: &Batch,
    ) -> Result<Option<Admission>, Refusal> {
        let untold = self.belief.heads.untold(batch.appends());
        if !untold.is_empty() {
            self.look_up(connection, batch, untold).await?;
        }
        let Belief { heads, clock, randomness } = &mut self.belief;
        Ok(batch.admit_on_belief(heads, clock.now(), randomness.as_ref())?)
    }

    async fn append_otherwise(
        &mut self,
        refusal: Refusal,
        batch: &mut Batch,
    ) -> Result<Admission, BatchFailure> {
        match refusal {
            Refusal::Stale => self.append_from_truth(batch, Owners::default()).await,
            Refusal::Foreign => {
                let owners = Owners::of(&self.database, batch).await?;
                self.append_from_truth(batch, owners).await
            }
            Refusal::Failed(failure) => Err(failure),
        }
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
                        self.belief.forget_all(self.told.last());
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
        let Belief { heads, clock, randomness } = &mut self.belief;
        heads.forget(batch.appends());
        heads.move_position(position);
        let untold = heads.untold(batch.appends());
        bounded(patience, known::tell(&mut transaction, heads, untold)).await?;
        bounded(patience, known::tell_commands(&mut transaction, heads, batch)).await?;
        owners.tell(heads, batch);
        let admission = batch.admit(heads, clock.now(), randomness.as_ref())?;
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
        bounded(patience, known::tell(&mut transaction, &mut self.belief.heads, untold)).await?;
        within(patience, transaction.rollback()).await.map_err(not_written)
    }

    async fn connection(&mut self) -> Result<PgConnection, BatchFailure> {
        match self.connection.take() {
            Some(connection) => Ok(connection),
            None => self.database.connect_to_serve().await.map_err(not_written),
        }
    }
}

/// What is believed of the ends of sessions and streams, and what a place takes besides.
struct Belief {
    heads: LogHeads,
    clock: Arc<dyn Clock>,
    randomness: Arc<dyn Randomness>,
}

impl Belief {
    /// Forgets all, of a log that ends at `last` or further.
    fn forget_all(&mut self, last: Position) {
        self.heads = LogHeads::new(last, self.heads.recorded_at());
    }
}

/// Appends that share the next commit, with the places that they have if all that is believed is so.
#[derive(Default)]
struct Gathered {
    batch: Batch,
    /// [`None`] when they have none, because something must be looked up first or would be refused.
    believed: Option<Admission>,
}

impl Gathered {
    /// Takes `queued`, or gives it back if there is no room.
    fn take(&mut self, queued: Queued, belief: &mut Belief) -> Option<Queued> {
        let first = self.batch.is_empty();
        if let Err((append, answer)) = self.batch.take(queued.append, queued.answer) {
            return Some(Queued { append, answer });
        }
        let admission = if first { Some(Admission::default()) } else { self.believed.take() };
        self.believed = admission.and_then(|admission| self.believe(admission, belief));
        None
    }

    /// `admission` with the newest append in it.
    fn believe(&self, mut admission: Admission, belief: &mut Belief) -> Option<Admission> {
        let Belief { heads, clock, randomness } = belief;
        let newest = self.batch.newest()?;
        let admitted = heads.untold(std::iter::once(newest)).is_empty()
            && admission.admit_on_belief(newest, heads, clock.now(), randomness.as_ref()).unwrap_or(false);
        if !admitted {
            heads.forget(self.batch.appends());
        }
        admitted.then_some(admission)
    }

    /// What the batch in front of it believed was not so: its places may be wrong too.
    fn doubt(&mut self, belief: &mut Belief) {
        self.believed = None;
        belief.heads.forget(self.batch.appends());
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

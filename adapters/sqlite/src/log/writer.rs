//! The one task that writes: it gathers what waits, writes it in one transaction, and answers when that is durable.

use std::sync::Arc;

use acta_application::clock::{Clock, Randomness};
use acta_application::log::{Admission, BatchFailure, LogMeasures, Position, Tail};
use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::batch::{Batch, Failure, Request};
use super::insert::Inserts;
use super::{keep, known};
use crate::database::Database;

/// Who is told what was written.
pub(super) struct Told {
    pub(super) head: watch::Sender<Position>,
    pub(super) tail: Arc<Tail>,
}

/// The writer, with the only connection that can write. Nothing but that connection is kept from one batch to the next, so
/// a failure leaves nothing behind that could be wrong.
pub(super) struct Writer {
    database: Database,
    connection: Option<SqliteConnection>,
    queue: mpsc::Receiver<Request>,
    carried: Option<Request>,
    closing: CancellationToken,
    told: Told,
    clock: Arc<dyn Clock>,
    randomness: Arc<dyn Randomness>,
    inserts: Inserts,
    measures: LogMeasures,
}

impl Writer {
    pub(super) fn new(
        database: Database,
        queue: mpsc::Receiver<Request>,
        closing: CancellationToken,
        told: Told,
        clock: Arc<dyn Clock>,
        randomness: Arc<dyn Randomness>,
    ) -> Self {
        let (inserts, measures) = (Inserts::new(), LogMeasures::new());
        let (connection, carried) = (None, None);
        Self { database, connection, queue, carried, closing, told, clock, randomness, inserts, measures }
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

    async fn next(&mut self) -> Option<Request> {
        if self.carried.is_some() {
            return self.carried.take();
        }
        tokio::select! {
            biased;
            request = self.queue.recv() => return request,
            () = self.closing.cancelled() => self.queue.close(),
        }
        self.queue.recv().await
    }

    fn gather(&mut self, first: Request) -> Batch {
        let mut batch = Batch::default();
        let mut next = Some(first);
        while let Some(request) = next {
            if let Err(request) = batch.take(request) {
                self.carried = Some(request);
                break;
            }
            next = self.queue.try_recv().ok();
        }
        batch
    }

    async fn write(&mut self, mut batch: Batch) {
        let (began, appends) = (Instant::now(), batch.appends.appends().count());
        match self.transact(&mut batch).await {
            Ok((head, mut admission)) => {
                self.measures.written(appends, admission.rows.len(), began.elapsed());
                // In front of the head, so that whoever is woken by it finds the events.
                self.told.tail.extend(std::mem::take(&mut admission.rows).into_iter().map(|row| row.event));
                // First the head, so that whoever has an answer finds the head at least there.
                self.told.head.send_if_modified(|last| std::mem::replace(last, head) != head);
                batch.succeed(&admission);
            }
            Err(Failure(failure)) => {
                tracing::error!(error = &failure as &dyn std::error::Error, "a batch of appends failed");
                self.measures.failed();
                self.told.tail.clear();
                batch.fail(&failure);
            }
        }
    }

    /// On any failure the connection is dropped, and the next batch opens another.
    async fn transact(&mut self, batch: &mut Batch) -> Result<(Position, Admission), Failure> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.database.connect().await?,
        };
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        let mut heads = known::heads(&mut transaction, &batch.appends).await?;
        let admission = batch.appends.admit(&mut heads, self.clock.now(), self.randomness.as_ref())?;
        self.inserts.insert(&mut transaction, &admission.rows).await?;
        for kept in batch.kept() {
            keep::write(&mut transaction, kept).await?;
        }
        let committed = transaction.commit().await;
        committed.map_err(|error| Failure(BatchFailure::InDoubt(Arc::new(error))))?;
        self.connection = Some(connection);
        Ok((heads.position(), admission))
    }
}

//! The one task that writes keys: what waits together shares one transaction, so a hall full of people costs few fsyncs.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use acta_application::persons::{KeyState, PersonKeysError};
use acta_domain::Timestamp;
use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::cache::Cache;
use super::table::{self, Owner, Stored, Table};
use super::{scrub, unavailable};
use crate::database::Database;

/// Most requests in one transaction.
const MOST_REQUESTS: usize = 256;

/// Something to be written.
pub(super) enum Request {
    Obtain { owner: Owner, answer: oneshot::Sender<Result<KeyState, PersonKeysError>> },
    Erase { owner: Owner, at: Timestamp, answer: oneshot::Sender<Result<bool, PersonKeysError>> },
}

impl Request {
    fn owner(&self) -> Owner {
        match self {
            Self::Obtain { owner, .. } | Self::Erase { owner, .. } => *owner,
        }
    }
}

/// The writer, with the only connection that can write.
pub(super) struct Writer {
    database: Database,
    connection: Option<SqliteConnection>,
    table: Table,
    cache: Arc<Cache>,
    queue: mpsc::Receiver<Request>,
    closing: CancellationToken,
}

/// What a transaction found and changes.
#[derive(Default)]
struct Work {
    known: HashMap<Owner, Stored>,
    changes: HashMap<Owner, Stored>,
    erased: HashSet<usize>,
}

impl Writer {
    pub(super) fn new(
        database: Database,
        table: Table,
        cache: Arc<Cache>,
        queue: mpsc::Receiver<Request>,
        closing: CancellationToken,
    ) -> Self {
        Self { database, connection: None, table, cache, queue, closing }
    }

    /// Writes until the store is closed or dropped and the queue is empty.
    pub(super) async fn run(mut self) {
        while let Some(batch) = self.next().await {
            self.write(batch).await;
        }
        if let Some(connection) = self.connection
            && let Err(error) = connection.close().await
        {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the keys' writer did not close cleanly"
            );
        }
    }

    async fn next(&mut self) -> Option<Vec<Request>> {
        let mut batch = Vec::new();
        tokio::select! {
            biased;
            _ = self.queue.recv_many(&mut batch, MOST_REQUESTS) => return (!batch.is_empty()).then_some(batch),
            () = self.closing.cancelled() => self.queue.close(),
        }
        self.queue.recv_many(&mut batch, MOST_REQUESTS).await;
        (!batch.is_empty()).then_some(batch)
    }

    async fn write(&mut self, batch: Vec<Request>) {
        match self.transact(&batch).await {
            Ok(work) => self.answer(batch, &work),
            Err(error) => {
                self.cache.forget_all();
                tracing::error!(error = &error as &dyn std::error::Error, "a batch of person keys failed");
                refuse(batch, &error);
            }
        }
    }

    /// On any failure the connection is dropped, and the next batch opens another.
    async fn transact(&mut self, batch: &[Request]) -> Result<Work, PersonKeysError> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.database.connect().await.map_err(unavailable)?,
        };
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(unavailable)?;
        let owners: HashSet<Owner> = batch.iter().map(Request::owner).collect();
        let owners: Vec<Owner> = owners.into_iter().collect();
        let known = table::known(&mut transaction, &owners).await?;
        let work = self.decide(batch, known);
        table::write(&mut transaction, &work.changes).await?;
        transaction.commit().await.map_err(unavailable)?;
        if batch.iter().any(|request| matches!(request, Request::Erase { .. })) {
            self.cache.forget(owners.iter());
            scrub::scrub(&mut connection)
                .await
                .map_err(|error| PersonKeysError::Unfinished(Arc::new(error)))?;
        }
        self.connection = Some(connection);
        Ok(work)
    }

    fn decide(&self, batch: &[Request], known: HashMap<Owner, Stored>) -> Work {
        let mut work = Work { known, ..Work::default() };
        for (number, request) in batch.iter().enumerate() {
            let owner = request.owner();
            let change = match (request, work.known.get(&owner)) {
                (Request::Obtain { .. }, None) => self.table.make(&owner),
                (Request::Erase { at, .. }, Some(Stored::Wrapped(_))) => {
                    work.erased.insert(number);
                    Stored::Erased(*at)
                }
                _ => continue,
            };
            work.known.insert(owner, change.clone());
            work.changes.insert(owner, change);
        }
        work
    }

    /// Every request is told the state after the whole batch; a key that the same batch erased again is never handed out.
    fn answer(&self, batch: Vec<Request>, work: &Work) {
        let seen = self.cache.generation();
        for (number, request) in batch.into_iter().enumerate() {
            match request {
                Request::Erase { answer, .. } => {
                    let _nobody_waits = answer.send(Ok(work.erased.contains(&number)));
                }
                Request::Obtain { owner, answer } => {
                    let state = self.table.open(&owner, work.known.get(&owner));
                    if let Ok(state) = &state {
                        self.cache.keep_if(seen, &owner, state);
                    }
                    let _nobody_waits = answer.send(state);
                }
            }
        }
    }
}

/// An erasure may be done but for the scrubbing; a key that was asked for beside it is then simply not to be had now.
fn refuse(batch: Vec<Request>, error: &PersonKeysError) {
    let no_key = match error {
        PersonKeysError::Unfinished(fault) => PersonKeysError::Unavailable(Arc::clone(fault)),
        error => error.clone(),
    };
    for request in batch {
        match request {
            Request::Obtain { answer, .. } => {
                let _nobody_waits = answer.send(Err(no_key.clone()));
            }
            Request::Erase { answer, .. } => {
                let _nobody_waits = answer.send(Err(error.clone()));
            }
        }
    }
}

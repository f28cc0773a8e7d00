//! The one task that asks the database for keys: what waits together shares one question and one commit, so a hall full of people
//! costs few of either.

use std::collections::HashMap;
use std::sync::Arc;

use acta_application::persons::{KeyState, PersonKeysError};
use sqlx::Connection;
use sqlx::postgres::PgConnection;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::cache::Cache;
use super::table::{self, Owner, Stored, Table};
use super::{unavailable, within};
use crate::database::Database;

/// Most questions that are asked at once.
const MOST_QUESTIONS: usize = 512;

/// Somebody wants to know a key; `make` if there shall be one.
pub(super) struct Question {
    pub(super) owner: Owner,
    pub(super) make: bool,
    pub(super) answer: oneshot::Sender<Result<KeyState, PersonKeysError>>,
}

/// Everybody who wants to know the same key.
#[derive(Default)]
struct Waiting {
    make: bool,
    answers: Vec<oneshot::Sender<Result<KeyState, PersonKeysError>>>,
}

/// The asker, with a connection of its own.
pub(super) struct Asker {
    database: Database,
    connection: Option<PgConnection>,
    table: Table,
    cache: Arc<Cache>,
    queue: mpsc::Receiver<Question>,
}

impl Asker {
    pub(super) fn new(
        database: Database,
        connection: PgConnection,
        table: Table,
        cache: Arc<Cache>,
        queue: mpsc::Receiver<Question>,
    ) -> Self {
        Self { database, connection: Some(connection), table, cache, queue }
    }

    /// Asks until `closing`, or until the store is dropped, and the queue is empty.
    pub(super) async fn run(mut self, closing: CancellationToken) {
        while let Some(questions) = self.next(&closing).await {
            self.ask(questions).await;
        }
        if let Some(connection) = self.connection
            && let Err(error) = connection.close().await
        {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the keys' connection did not close cleanly"
            );
        }
    }

    async fn next(&mut self, closing: &CancellationToken) -> Option<Vec<Question>> {
        let mut questions = Vec::new();
        tokio::select! {
            biased;
            count = self.queue.recv_many(&mut questions, MOST_QUESTIONS) => return (count > 0).then_some(questions),
            () = closing.cancelled() => self.queue.close(),
        }
        let count = self.queue.recv_many(&mut questions, MOST_QUESTIONS).await;
        (count > 0).then_some(questions)
    }

    async fn ask(&mut self, questions: Vec<Question>) {
        let (owners, waiting) = gathered(questions);
        let new_keys: Vec<_> = owners
            .iter()
            .zip(&waiting)
            .map(|(owner, one)| one.make.then(|| self.table.make(owner)))
            .collect();
        let reading = self.cache.reading(Instant::now());
        match self.obtain(&owners, &new_keys).await {
            Ok(standing) => {
                for ((owner, stored), waiting) in owners.iter().zip(standing).zip(waiting) {
                    let state = self.table.open(owner, stored.as_ref());
                    if let Ok(state) = &state {
                        self.cache.keep_if(reading, owner, state);
                    }
                    waiting.answer(&state);
                }
            }
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the person keys cannot be asked for"
                );
                let refused = Err(error);
                for waiting in waiting {
                    waiting.answer(&refused);
                }
            }
        }
    }

    /// A connection that was kept may have died since, so what fails on it is asked once more on a new one. That makes no second key:
    /// what stands is what counts.
    async fn obtain(
        &mut self,
        owners: &[Owner],
        new_keys: &[Option<Vec<u8>>],
    ) -> Result<Vec<Option<Stored>>, PersonKeysError> {
        if let Some(connection) = self.connection.take()
            && let Ok(standing) = self.obtain_on(connection, owners, new_keys).await
        {
            return Ok(standing);
        }
        let connection = self.database.connect_to_serve().await.map_err(unavailable)?;
        self.obtain_on(connection, owners, new_keys).await
    }

    /// Keeps `connection` only if it served.
    async fn obtain_on(
        &mut self,
        mut connection: PgConnection,
        owners: &[Owner],
        new_keys: &[Option<Vec<u8>>],
    ) -> Result<Vec<Option<Stored>>, PersonKeysError> {
        let standing = within(&self.database, table::obtain(&mut connection, owners, new_keys)).await?;
        self.connection = Some(connection);
        Ok(standing)
    }
}

impl Waiting {
    fn answer(self, state: &Result<KeyState, PersonKeysError>) {
        for answer in self.answers {
            let _nobody_waits = answer.send(state.clone());
        }
    }
}

/// Each owner once, and who waits for it.
fn gathered(questions: Vec<Question>) -> (Vec<Owner>, Vec<Waiting>) {
    let mut waiting = HashMap::<Owner, Waiting>::with_capacity(questions.len());
    for Question { owner, make, answer } in questions {
        let one = waiting.entry(owner).or_default();
        one.make |= make;
        one.answers.push(answer);
    }
    waiting.into_iter().unzip()
}

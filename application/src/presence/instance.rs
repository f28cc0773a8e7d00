//! What one instance knows of its own connections, and tells the others.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use acta_domain::{SessionId, Sign, TenantId, Timestamp};
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::book::Book;
use super::{Place, PresenceBoard, PresenceError, PresencePage, SocketSignals};
use crate::clock::Clock;
use crate::leases::HolderId;
use crate::log::Actor;

/// How long the board shows what an instance told after its last sign of life.
const TERM: Duration = Duration::from_secs(10);
/// How often an instance gives a sign of life.
const SIGN: Duration = Duration::from_secs(2);
/// How long changes are gathered before the next are told.
const GATHER: Duration = Duration::from_millis(200);
/// How long the board is left alone after it failed.
const RETRY: Duration = Duration::from_secs(1);
/// How many places are told at once.
const BATCH: usize = 1_000;

/// Who is connected: this instance's own connections, and the board that all instances share.
///
/// A connection is counted in memory and told the board afterwards, so nobody who connects waits for it. While the board does not
/// answer, this instance's people are unknown to the others, and what is to be told takes the room of one entry for each place.
#[derive(Clone)]
pub struct Presence {
    board: Arc<dyn PresenceBoard>,
    instance: HolderId,
    own: Arc<Own>,
}

/// This instance's own connections.
struct Own {
    book: Mutex<Book>,
    /// Something is to be told.
    changed: Notify,
    clock: Arc<dyn Clock>,
    /// Where it is noted who comes and goes, if that goes on the record.
    signals: Option<SocketSignals>,
}

impl Own {
    /// Every change of the book is whole before anything can panic.
    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The book says that somebody came, or is gone.
    fn note(&self, place: &Place, sign: Sign, at: Option<Timestamp>) {
        if let (Some(signals), Some(at)) = (&self.signals, at) {
            signals.note(place, sign, at);
        }
        self.changed.notify_one();
    }
}

/// A connection that counts until it is dropped.
pub struct Connection {
    place: Place,
    own: Arc<Own>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        let gone = self.own.book().leave(&self.place, self.own.clock.now());
        self.own.note(&self.place, Sign::Departed, gone);
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("place", &self.place).finish_non_exhaustive()
    }
}

impl Presence {
    /// The presence of `instance` on `board`.
    pub fn new(board: Arc<dyn PresenceBoard>, instance: HolderId, clock: Arc<dyn Clock>) -> Self {
        let own = Own { book: Mutex::default(), changed: Notify::new(), clock, signals: None };
        Self { board, instance, own: Arc::new(own) }
    }

    /// The same, nobody connected yet, with who comes and goes noted as signals.
    #[must_use]
    pub fn noting(self, signals: SocketSignals) -> Self {
        let clock = Arc::clone(&self.own.clock);
        let own = Own { book: Mutex::default(), changed: Notify::new(), clock, signals: Some(signals) };
        Self { own: Arc::new(own), ..self }
    }

    /// Somebody has connected; they are connected until what this gives is dropped. Never waits.
    pub fn enter(&self, place: Place) -> Connection {
        let came = self.own.book().enter(&place, self.own.clock.now());
        self.own.note(&place, Sign::Arrived, came);
        Connection { place, own: Arc::clone(&self.own) }
    }

    /// Tells the board, until `stop`; then takes everything back. What is under way at the stop is finished first.
    pub async fn run(self, stop: CancellationToken) {
        tokio::join!(self.live(&stop), self.tell(&stop));
        // After a term it has ended by itself.
        if !matches!(timeout(TERM, self.board.leave(self.instance)).await, Ok(Ok(()))) {
            tracing::warn!("what this instance told of its connections is left to its term");
        }
    }

    /// See [`PresenceBoard::connected`].
    ///
    /// # Errors
    /// See [`PresenceError`].
    pub async fn connected(
        &self,
        tenant: TenantId,
        session: SessionId,
        after: Option<&Actor>,
        limit: u32,
    ) -> Result<PresencePage, PresenceError> {
        self.board.connected(tenant, session, after, limit).await
    }

    /// Gives signs of life, and notes when the board forgot this instance, or may have: an answer that was lost could have said so.
    async fn live(&self, stop: &CancellationToken) {
        let mut failed = false;
        while !stop.is_cancelled() {
            let answer = self.board.live(self.instance, TERM).await;
            if let Ok(known) = answer
                && (!known || failed)
            {
                self.own.book().forgotten();
                self.own.changed.notify_one();
            }
            report(&mut failed, answer.map(drop), "no sign of life can be given");
            stop.run_until_cancelled(sleep(if failed { RETRY } else { SIGN })).await;
        }
    }

    /// Tells what changes, gathered.
    async fn tell(&self, stop: &CancellationToken) {
        let mut failed = false;
        while stop.run_until_cancelled(self.own.changed.notified()).await.is_some() {
            while !self.own.book().is_told() && !stop.is_cancelled() {
                let told = self.tell_some().await;
                report(&mut failed, told, "it cannot be told who is connected");
                if failed {
                    stop.run_until_cancelled(sleep(RETRY)).await;
                }
            }
            stop.run_until_cancelled(sleep(GATHER)).await;
        }
    }

    async fn tell_some(&self) -> Result<(), PresenceError> {
        let batch = self.own.book().take(BATCH);
        if batch.told.is_empty() {
            return Ok(());
        }
        let outcome = self.board.tell(self.instance, &batch.told).await;
        let mut book = self.own.book();
        if outcome.is_ok() {
            book.heard(batch);
        } else {
            book.not_heard(batch);
        }
        outcome
    }
}

/// Of failures in a row, only the first is warned of.
fn report(failed: &mut bool, outcome: Result<(), PresenceError>, what: &'static str) {
    let before = std::mem::replace(failed, outcome.is_err());
    if let Err(error) = outcome
        && !before
    {
        tracing::warn!(error = &error as &dyn std::error::Error, "{what}");
    }
}

impl fmt::Debug for Presence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presence").field("instance", &self.instance).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;

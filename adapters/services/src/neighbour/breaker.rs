//! The circuit breaker: a neighbour that fails too often is left alone for a while.

#[cfg(test)]
mod tests;

use std::future::{pending, ready};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::FutureExt as _;
use recloser::{AnyError, AsyncRecloser, Error, Recloser};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

/// So many calls are looked back at.
const LAST: usize = 20;
/// So many of them are taken as gone well before there were any, so that it takes ten calls at least to open the circuit.
const CREDIT: usize = 11;
/// This share of failures opens the circuit.
const TOO_MANY: f32 = 0.5;
/// While somebody tries whether it is well again, the others come back after this.
const WHILE_TRIED: Duration = Duration::from_secs(1);

/// Leaves a neighbour alone when half of the last 20 calls, and at least ten, have failed. After the rest it is tried by one call
/// alone, which decides.
pub(super) struct Breaker {
    name: &'static str,
    recloser: AsyncRecloser,
    rest: Duration,
    /// Until when nothing is asked while the circuit is open; then one call at a time.
    open_until: Mutex<Option<Instant>>,
    trial: Semaphore,
}

/// Why a call came to nothing.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stopped<E> {
    /// It was not made: the neighbour is left alone for so long at most.
    LeftAlone(Duration),
    /// It failed.
    Failed(E),
}

impl Breaker {
    pub(super) fn new(name: &'static str, rest: Duration) -> Self {
        let recloser =
            Recloser::custom().error_rate(TOO_MANY).closed_len(LAST).half_open_len(1).open_wait(rest).build();
        let breaker = Self {
            name,
            recloser: recloser.into(),
            rest,
            open_until: Mutex::default(),
            trial: Semaphore::new(1),
        };
        breaker.give_credit();
        breaker
    }

    /// Makes a call unless the neighbour is left alone; `counts` says which of its errors are the neighbour's failures. A call that is
    /// dropped before its end counts for nothing.
    pub(super) async fn call<T, E>(
        &self,
        counts: fn(&E) -> bool,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, Stopped<E>> {
        let trial = self.admit().map_err(Stopped::LeftAlone)?;
        match self.recloser.call_with(counts, call).await {
            Ok(answer) => {
                self.went_well(trial.as_ref());
                Ok(answer)
            }
            Err(Error::Inner(error)) if counts(&error) => {
                self.failed(trial.as_ref());
                Err(Stopped::Failed(error))
            }
            Err(Error::Inner(error)) => {
                self.went_well(trial.as_ref());
                Err(Stopped::Failed(error))
            }
            Err(Error::Rejected) => Err(Stopped::LeftAlone(WHILE_TRIED)),
        }
    }

    /// Whether the circuit is open: the neighbour failed, and no call has gone well since.
    pub(super) fn is_open(&self) -> bool {
        self.open_until().is_some()
    }

    /// Whether nobody asks the neighbour now.
    pub(super) fn leaves_alone(&self) -> bool {
        self.open_until().is_some_and(|until| Instant::now() < until)
    }

    fn admit(&self) -> Result<Option<SemaphorePermit<'_>>, Duration> {
        let Some(until) = *self.open_until() else { return Ok(None) };
        let left = until.saturating_duration_since(Instant::now());
        if !left.is_zero() {
            return Err(left);
        }
        self.trial.try_acquire().map(Some).map_err(|_| WHILE_TRIED)
    }

    fn went_well(&self, trial: Option<&SemaphorePermit<'_>>) {
        if trial.is_none() {
            return;
        }
        // The library judges from the second outcome on; one trial is to decide.
        self.record(Ok(()));
        self.give_credit();
        *self.open_until() = None;
        tracing::info!(neighbour = self.name, "the neighbour answers again");
    }

    fn failed(&self, trial: Option<&SemaphorePermit<'_>>) {
        if trial.is_some() {
            self.record(Err(()));
        }
        if self.leaves_alone() || !self.rejects() {
            return;
        }
        *self.open_until() = Some(Instant::now() + self.rest);
        let seconds = self.rest.as_secs();
        tracing::warn!(neighbour = self.name, seconds, "the neighbour fails too often and is left alone");
    }

    fn give_credit(&self) {
        for _ in 0..CREDIT {
            self.record(Ok(()));
        }
    }

    fn record(&self, outcome: Result<(), ()>) {
        let _recorded = self.recloser.call_with(AnyError, ready(outcome)).now_or_never();
    }

    /// Whether the library would let a call through. One that never ends is recorded nowhere.
    fn rejects(&self) -> bool {
        let probe = self.recloser.call_with(AnyError, pending::<Result<(), ()>>()).now_or_never();
        matches!(probe, Some(Err(Error::Rejected)))
    }

    fn open_until(&self) -> MutexGuard<'_, Option<Instant>> {
        self.open_until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

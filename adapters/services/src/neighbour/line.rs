//! The line to one neighbour: how long it is waited for, how often it is tried, when it is left alone, and what is told of it.

use std::sync::Arc;
use std::time::Duration;

use acta_application::clock::{Randomness, random_bytes};
use acta_application::health::{FeatureHealth, FeatureWatch};
use acta_application::neighbours::{Neighbour, NeighbourError};
use backon::{ExponentialBuilder, Retryable as _};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};
use tracing::Instrument as _;
use uuid::Uuid;

use super::NeighbourOptions;
use super::breaker::{Breaker, Stopped};
use super::measures::{Measures, Outcome};
use super::state::LastSeen;

/// How long the first retry is waited for; then twice as long each time, and up to as much again at random.
const FIRST_RETRY: Duration = Duration::from_millis(100);
const RETRIES: usize = 3;
/// Calls of one neighbour that are under way at the same time. Whoever comes later waits within the bound.
const AT_ONCE: usize = 256;

/// The line to one neighbour.
pub(crate) struct Line {
    pub(crate) neighbour: Neighbour,
    bound: Duration,
    places: Semaphore,
    breaker: Breaker,
    measures: Measures,
    last_seen: LastSeen,
    randomness: Arc<dyn Randomness>,
}

impl Line {
    pub(crate) fn new(
        neighbour: Neighbour,
        options: &NeighbourOptions,
        randomness: Arc<dyn Randomness>,
    ) -> Self {
        Self {
            neighbour,
            bound: options.bound(neighbour),
            places: Semaphore::new(AT_ONCE),
            breaker: Breaker::new(neighbour.as_str(), options.rest),
            measures: Measures::of(neighbour),
            last_seen: LastSeen::never(),
            randomness,
        }
    }

    /// Tries `attempt` until it comes to something, within the bound.
    pub(crate) async fn call<T, F>(&self, attempt: impl FnMut() -> F) -> Result<T, NeighbourError>
    where
        F: Future<Output = Result<T, NeighbourError>>,
    {
        let span = tracing::info_span!("neighbour.call", neighbour = %self.neighbour, otel.kind = "client");
        let begun = Instant::now();
        let called = self.breaker.call(is_its_failure, self.within_the_bound(attempt)).instrument(span).await;
        let result = called.map_err(|stopped| match stopped {
            Stopped::Failed(error) => error,
            Stopped::LeftAlone(retry_after) => {
                NeighbourError::LeftAlone { neighbour: self.neighbour, retry_after }
            }
        });
        self.tell(Outcome::of(&result), begun.elapsed());
        result
    }

    /// A new key for a call that has no id of its own.
    pub(crate) fn new_key(&self) -> Uuid {
        uuid::Builder::from_random_bytes(random_bytes(&*self.randomness)).into_uuid()
    }

    /// Tells how the neighbour is: `unasked`, `answers`, `fails` or `left_alone`.
    pub(crate) fn watch(self: &Arc<Self>) -> FeatureWatch {
        let line = Arc::clone(self);
        Box::new(move || line.health())
    }

    fn health(&self) -> FeatureHealth {
        let left_alone = self.breaker.leaves_alone();
        FeatureHealth {
            name: self.neighbour.as_str(),
            well: !left_alone && self.last_seen.is_well(),
            state: if left_alone { "left_alone" } else { self.last_seen.as_str() },
            position: None,
            lag: None,
        }
    }

    async fn within_the_bound<T, F>(&self, attempt: impl FnMut() -> F) -> Result<T, NeighbourError>
    where
        F: Future<Output = Result<T, NeighbourError>>,
    {
        let late = NeighbourError::TimedOut { neighbour: self.neighbour, after: self.bound };
        timeout(self.bound, self.tried(attempt)).await.unwrap_or(Err(late))
    }

    async fn tried<T, F>(&self, attempt: impl FnMut() -> F) -> Result<T, NeighbourError>
    where
        F: Future<Output = Result<T, NeighbourError>>,
    {
        let _place = self.places.acquire().await.expect("the places are never closed");
        attempt
            .retry(self.pauses())
            .when(may_pass)
            .notify(|error, pause| self.tries_again(error, pause))
            .await
    }

    fn pauses(&self) -> ExponentialBuilder {
        ExponentialBuilder::new()
            .with_min_delay(FIRST_RETRY)
            .with_max_times(RETRIES)
            .with_jitter()
            .with_jitter_seed(u64::from_ne_bytes(random_bytes(&*self.randomness)))
    }

    fn tries_again(&self, error: &NeighbourError, pause: Duration) {
        self.measures.retries.increment(1);
        tracing::debug!(neighbour = %self.neighbour, %error, pause_ms = pause.as_millis(), "a neighbour is tried again");
    }

    fn tell(&self, outcome: Outcome, took: Duration) {
        self.measures.called(outcome, took);
        self.measures.circuit(self.breaker.is_open());
        match outcome {
            Outcome::Ok | Outcome::Refused => self.last_seen.answered(),
            // It was not asked, so that nothing is known that was not known before.
            Outcome::LeftAlone => {}
            _ => self.last_seen.failed(),
        }
    }
}

/// Whether the same call may come to something a moment later.
fn may_pass(error: &NeighbourError) -> bool {
    matches!(error, NeighbourError::Unreachable { .. } | NeighbourError::Failed { .. })
}

/// Whether it is the neighbour that failed, and not what was asked of it.
fn is_its_failure(error: &NeighbourError) -> bool {
    match error {
        NeighbourError::Unreachable { .. }
        | NeighbourError::TimedOut { .. }
        | NeighbourError::Failed { .. }
        | NeighbourError::Busy { .. }
        | NeighbourError::Unusable { .. } => true,
        NeighbourError::NotConfigured { .. }
        | NeighbourError::LeftAlone { .. }
        | NeighbourError::Denied { .. }
        | NeighbourError::Refused { .. } => false,
    }
}

//! The task of one projection.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use acta_application::log::{EventLog, LogError, Position};
use acta_application::views::{Views, ViewsError};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::health::Teller;
use super::{Pace, ProjectionState};
use crate::Projection;
use crate::step::{StepError, advance, check_within_log};

/// One projection at work: the only one in this process that moves its checkpoint, and in no other either while it holds its lease.
pub(super) struct Task<P> {
    log: Arc<dyn EventLog>,
    views: Arc<dyn Views>,
    pace: Pace,
    head: watch::Receiver<Position>,
    health: Arc<Teller>,
    /// `None` when it must be read from the store.
    checkpoint: Option<Position>,
    pause: Duration,
    projection: PhantomData<fn() -> P>,
}

/// What to do after a step.
enum Next {
    /// There is more: go on at once.
    GoOn,
    /// Nothing more for now.
    Wait,
    /// Try again after the pause.
    Retry,
    /// Give up.
    Stop,
}

impl<P: Projection> Task<P> {
    pub(super) fn new(
        log: Arc<dyn EventLog>,
        views: Arc<dyn Views>,
        pace: Pace,
        health: Arc<Teller>,
    ) -> Self {
        let (head, pause) = (log.head(), pace.first_pause);
        Self { log, views, pace, head, health, checkpoint: None, pause, projection: PhantomData }
    }

    /// Runs while `held` lasts, or until an event cannot be taken. A step that has begun is finished.
    pub(super) async fn run(mut self, held: &CancellationToken) {
        self.tell(ProjectionState::Starting);
        while !held.is_cancelled() {
            let waited = match self.step().await {
                Next::GoOn => continue,
                Next::Wait => held.run_until_cancelled(self.wait()).await,
                Next::Retry => held.run_until_cancelled(self.rest()).await,
                Next::Stop => return,
            };
            if waited.is_none() {
                return;
            }
        }
    }

    async fn step(&mut self) -> Next {
        match self.advance().await {
            Ok(next) => {
                self.pause = self.pace.first_pause;
                next
            }
            Err(error) => self.failed(&error),
        }
    }

    async fn advance(&mut self) -> Result<Next, StepError> {
        let name = P::name();
        let from = self.checkpoint().await?;
        // Seen before the read, so that whatever is appended after it wakes the task.
        let head = *self.head.borrow_and_update();
        let advanced = advance::<P>(&*self.log, &*self.views, &name, from, self.pace.batch).await?;
        self.checkpoint = Some(advanced.reached);
        let missing = head.get().saturating_sub(advanced.reached.get());
        self.tell(if missing == 0 {
            ProjectionState::Running
        } else {
            ProjectionState::Behind { events: missing }
        });
        let full = advanced.events >= self.pace.batch;
        Ok(if full || (missing > 0 && advanced.reached > from) { Next::GoOn } else { Next::Wait })
    }

    /// The checkpoint, read and checked if it is not known.
    async fn checkpoint(&mut self) -> Result<Position, StepError> {
        if let Some(checkpoint) = self.checkpoint {
            return Ok(checkpoint);
        }
        let checkpoint = self.views.checkpoint(&P::name()).await?;
        check_within_log(&*self.log, checkpoint).await?;
        self.checkpoint = Some(checkpoint);
        Ok(checkpoint)
    }

    /// What to do about `error`; matched by what failed.
    fn failed(&mut self, error: &StepError) -> Next {
        let before = self.checkpoint.take();
        let after = before.unwrap_or_default().next();
        match error {
            StepError::Views(ViewsError::CheckpointMoved { .. }) => Next::GoOn,
            StepError::Log(LogError::Unavailable(_)) | StepError::Views(ViewsError::Unavailable(_)) => {
                let reason = chain(error);
                tracing::warn!(view = P::NAME, %reason, pause_ms = self.pause.as_millis(), "projection waits");
                self.tell(ProjectionState::Waiting { reason });
                Next::Retry
            }
            StepError::Poisoned { position, .. } | StepError::AheadOfLog { checkpoint: position } => {
                self.poisoned(*position, error)
            }
            StepError::Log(LogError::Damaged { .. }) | StepError::Views(ViewsError::Damaged { .. }) => {
                self.poisoned(after, error)
            }
        }
    }

    fn poisoned(&self, position: Position, error: &StepError) -> Next {
        let reason = chain(error);
        tracing::error!(view = P::NAME, %position, %reason, "projection stopped: an event cannot be folded");
        self.tell(ProjectionState::Poisoned { position, reason });
        Next::Stop
    }

    /// Waits until the log has more, or until it is time to ask it anyway.
    async fn wait(&mut self) {
        let changed = tokio::time::timeout(self.pace.poll, self.head.changed()).await;
        if matches!(changed, Ok(Err(_))) {
            // The log has gone; ask slowly rather than in circles.
            tokio::time::sleep(self.pace.poll).await;
        }
    }

    /// Waits for the pause, and makes the next one longer.
    async fn rest(&mut self) {
        tokio::time::sleep(self.pause).await;
        self.pause = self.pause.saturating_mul(2).min(self.pace.longest_pause);
    }

    fn tell(&self, state: ProjectionState) {
        self.health.tell(self.checkpoint, state);
    }
}

/// An error with everything that caused it, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        line.push_str(": ");
        line.push_str(&cause.to_string());
        source = cause.source();
    }
    line
}

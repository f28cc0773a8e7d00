//! What every policy does: read on from its cursor, and keep the cursor.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::log::{EventLog, FeedPage, FeedScope, LogError, Position};
use crate::views::{ViewName, Views, ViewsError};

const PAGE: usize = 256;

/// How long a policy rests after a fault before it tries again.
pub(super) const REST: Duration = Duration::from_secs(1);

/// A policy met a fault of what it stands on, and tries again later.
#[derive(Debug, thiserror::Error)]
pub(super) enum PolicyFault {
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Views(#[from] ViewsError),
    #[error(transparent)]
    Evidence(#[from] crate::evidence::EvidenceError),
    #[error(transparent)]
    UseCase(#[from] crate::UseCaseError),
    #[error("the deadlines kept for a session cannot be read")]
    Kept(#[source] serde_json::Error),
}

/// A policy's cursor in the log.
pub(super) struct Cursor {
    pub(super) log: Arc<dyn EventLog>,
    pub(super) views: Arc<dyn Views>,
    pub(super) name: ViewName,
}

impl Cursor {
    pub(super) async fn position(&self) -> Result<Position, ViewsError> {
        self.views.checkpoint(&self.name).await
    }

    pub(super) async fn next(&self, after: Position) -> Result<FeedPage, LogError> {
        self.log.feed(FeedScope::All, after, PAGE).await
    }
}

/// Runs `round` whenever the log has moved, until `stop`. A round that meets a fault is run again after a rest.
pub(super) async fn whenever_the_log_moves(
    log: &dyn EventLog,
    stop: &CancellationToken,
    policy: &'static str,
    round: impl AsyncFn() -> Result<(), PolicyFault>,
) {
    let mut head = log.head();
    loop {
        head.mark_unchanged();
        let outcome = tokio::select! {
            () = stop.cancelled() => return,
            outcome = round() => outcome,
        };
        let rest = async {
            match &outcome {
                Ok(()) => drop(head.changed().await),
                Err(fault) => {
                    tracing::warn!(policy, error = %fault, "a policy rests and tries again");
                    tokio::time::sleep(REST).await;
                }
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = rest => {}
        }
    }
}

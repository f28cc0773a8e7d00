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
    #[error(transparent)]
    Unreadable(#[from] crate::log::UnreadableEvent),
    #[error("the cursor stands at {cursor}, behind the end of the log at {head}: was an older log restored?")]
    AheadOfTheLog { cursor: Position, head: Position },
    #[error("what is kept for a session cannot be read")]
    Kept(#[source] serde_json::Error),
}

/// The names under which policies keep their cursors, and those of their leases.
pub const CURSORS: [&str; 4] = [HEADS, DEADLINES, PRESENCE, GOVERNANCE];
pub(super) const HEADS: &str = "policy.heads";
pub(super) const DEADLINES: &str = "policy.deadlines";
pub(super) const GOVERNANCE: &str = "policy.governance";
pub(super) const PRESENCE: &str = "policy.presence";

/// A policy's cursor in the log.
pub(super) struct Cursor {
    pub(super) log: Arc<dyn EventLog>,
    pub(super) views: Arc<dyn Views>,
    pub(super) name: ViewName,
}

impl Cursor {
    pub(super) async fn position(&self) -> Result<Position, PolicyFault> {
        let cursor = self.views.checkpoint(&self.name).await?;
        let head = *self.log.head().borrow();
        if cursor > head {
            return Err(PolicyFault::AheadOfTheLog { cursor, head });
        }
        Ok(cursor)
    }

    pub(super) async fn next(&self, after: Position) -> Result<FeedPage, LogError> {
        self.log.feed(FeedScope::All, after, PAGE).await
    }

    /// The trace of the event at `cause`, to go on with; none when it has none, or cannot be read just now.
    pub(super) async fn traceparent(&self, cause: Position) -> Option<String> {
        let before = Position::new(cause.get().checked_sub(1)?);
        let page = self.log.feed(FeedScope::All, before, 1).await.ok()?;
        let event = page.events.first().filter(|event| event.position == cause)?;
        event.traceparent().map(|parent| parent.to_string())
    }
}

/// What a policy does when the log has moved.
pub(super) trait Round: Sync {
    /// The policy's name.
    const POLICY: &'static str;

    /// Reads on from the cursor to the end of the log.
    fn round(&self) -> impl Future<Output = Result<(), PolicyFault>> + Send;
}

/// Runs `policy`'s round whenever the log has moved, until `stop`. A round that meets a fault is run again after a rest.
pub(super) async fn whenever_the_log_moves<R: Round>(
    policy: &R,
    log: &dyn EventLog,
    stop: &CancellationToken,
) {
    let mut head = log.head();
    loop {
        head.mark_unchanged();
        let outcome = tokio::select! {
            () = stop.cancelled() => return,
            outcome = policy.round() => outcome,
        };
        let rest = async {
            match &outcome {
                Ok(()) => drop(head.changed().await),
                Err(fault) => {
                    tracing::warn!(policy = R::POLICY, error = %fault, "a policy rests and tries again");
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

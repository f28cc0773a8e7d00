//! Reading one's own writes: waiting, for a bounded time, until views reflect a position.

use std::time::Duration;

use acta_application::log::Position;
use acta_application::views::{ViewName, Views, ViewsError};
use tokio::time::{Instant, sleep_until, timeout_at};

/// How often the store is asked, because another instance may be the one that moves the checkpoint.
const POLL: Duration = Duration::from_millis(100);

/// Why the views do not reflect the position.
#[derive(Debug, Clone, thiserror::Error)]
pub enum WaitError {
    /// The time was over before.
    #[error("view {view} is at {reached}, not at {wanted} yet")]
    Behind {
        /// The view that is behind.
        view: ViewName,
        /// Where it is.
        reached: Position,
        /// Where it should be.
        wanted: Position,
    },
    /// The checkpoints could not be read.
    #[error("the checkpoints cannot be read")]
    Views(#[from] ViewsError),
}

/// Waits until each of `names` reflects `position`, for `patience` altogether. Gives the lowest of their checkpoints, or
/// `position` if there are no names.
///
/// # Errors
/// [`WaitError::Behind`] when the time is over.
pub async fn at_least(
    views: &dyn Views,
    names: &[ViewName],
    position: Position,
    patience: Duration,
) -> Result<Position, WaitError> {
    let deadline = Instant::now() + patience;
    let mut lowest: Option<Position> = None;
    for name in names {
        let reached = one_at_least(views, name, position, deadline).await?;
        lowest = Some(lowest.map_or(reached, |lowest| lowest.min(reached)));
    }
    Ok(lowest.unwrap_or(position))
}

/// Waits until `view` reflects `wanted`.
async fn one_at_least(
    views: &dyn Views,
    view: &ViewName,
    wanted: Position,
    deadline: Instant,
) -> Result<Position, WaitError> {
    let mut reached = views.checkpoint(view).await?;
    if reached >= wanted {
        return Ok(reached);
    }
    let mut follow = views.follow(view).await?;
    while reached < wanted {
        if Instant::now() >= deadline {
            return Err(WaitError::Behind { view: view.clone(), reached, wanted });
        }
        let next_poll = deadline.min(Instant::now() + POLL);
        match timeout_at(next_poll, follow.wait_for(|at| *at >= wanted)).await {
            Ok(Ok(at)) => reached = *at,
            Ok(Err(_)) => {
                sleep_until(next_poll).await;
                reached = views.checkpoint(view).await?;
            }
            Err(_) => reached = views.checkpoint(view).await?,
        }
    }
    Ok(reached)
}

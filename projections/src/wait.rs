//! Reading one's own writes: waiting, for a bounded time, until views reflect a position.

use std::time::Duration;

use acta_application::log::Position;
use acta_application::views::{ViewName, Views, ViewsError};
use tokio::time::{Instant, timeout_at};

/// How often the store is asked, because another instance may be the one that moves the checkpoint.
const POLL: Duration = Duration::from_millis(100);

/// Waits until the views called `names` reflect `wanted`, for `patience` altogether. Gives the lowest of their positions, which is
/// below `wanted` when the time was over before, or `wanted` if there are no names.
///
/// # Errors
/// When the checkpoints cannot be read.
pub async fn until_reflected(
    views: &dyn Views,
    names: &[ViewName],
    wanted: Position,
    patience: Duration,
) -> Result<Position, ViewsError> {
    let deadline = Instant::now() + patience;
    let mut lowest = None;
    for name in names {
        let reached = one_until_reflected(views, name, wanted, deadline).await?;
        lowest = Some(lowest.map_or(reached, |lowest: Position| lowest.min(reached)));
    }
    Ok(lowest.unwrap_or(wanted))
}

async fn one_until_reflected(
    views: &dyn Views,
    view: &ViewName,
    wanted: Position,
    deadline: Instant,
) -> Result<Position, ViewsError> {
    let mut reached = views.checkpoint(view).await?;
    if reached >= wanted {
        return Ok(reached);
    }
    let mut follow = views.follow(view).await?;
    while reached < wanted && Instant::now() < deadline {
        let poll = deadline.min(Instant::now() + POLL);
        // The watch's guard must not live across the next wait.
        let woken = timeout_at(poll, follow.wait_for(|at| *at >= wanted)).await.map(|at| at.map(|at| *at));
        reached = if let Ok(Ok(at)) = woken {
            at
        } else {
            tokio::time::sleep_until(poll).await;
            views.checkpoint(view).await?
        };
    }
    Ok(reached)
}

//! Following the checkpoints that other instances move: a notification wakes at once, asking every now and then is the guarantee.

use std::time::Duration;

use acta_application::views::ViewName;
use sqlx::postgres::PgListener;
use tokio_util::sync::CancellationToken;

use super::query;
use super::row::position;
use super::told::{Standing, Told};
use crate::database::{Database, Role};

/// What the trigger of `view_checkpoints` notifies, with the revision, the position and the view.
const CHANNEL: &str = "acta_views";
/// How often the database is asked all the same.
const POLL: Duration = Duration::from_millis(500);

/// Follows until `closing`.
pub(super) async fn follow(database: Database, told: Told, closing: CancellationToken) {
    let mut listener = None;
    let mut silent = false;
    loop {
        let heard = closing.run_until_cancelled(hear(&mut listener, &database)).await;
        match heard {
            None => return,
            Some(Ok(checkpoints)) => {
                told.tell_all(&checkpoints);
                silent = false;
            }
            Some(Err(error)) => {
                if !silent {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "the views cannot be followed just now"
                    );
                }
                silent = true;
                if closing.run_until_cancelled(tokio::time::sleep(POLL)).await.is_none() {
                    return;
                }
            }
        }
    }
}

/// Waits for a notification, at most for the time between two questions; gives the checkpoints that are known then.
async fn hear(
    listener: &mut Option<PgListener>,
    database: &Database,
) -> Result<Vec<(ViewName, Standing)>, sqlx::Error> {
    let Some(open) = listener else {
        *listener = Some(database.listen(Role::Project, CHANNEL).await?);
        return query::checkpoints(database).await;
    };
    match tokio::time::timeout(POLL, open.try_recv()).await {
        Ok(Ok(Some(notification))) => Ok(moved(notification.payload()).into_iter().collect()),
        // The connection is gone, and with it what was notified meanwhile.
        Ok(Ok(None) | Err(_)) => {
            *listener = None;
            Ok(Vec::new())
        }
        Err(_) => query::checkpoints(database).await,
    }
}

/// The move that `payload` tells of.
fn moved(payload: &str) -> Option<(ViewName, Standing)> {
    let mut parts = payload.splitn(3, ' ');
    let revision = parts.next()?.parse().ok()?;
    let position = position(parts.next()?.parse().ok()?);
    Some((ViewName::new(parts.next()?), Standing { revision, position }))
}

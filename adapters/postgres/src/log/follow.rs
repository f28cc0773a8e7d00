//! Following what other instances append: a notification wakes at once, asking every now and then is the guarantee.

use std::time::Duration;

use acta_application::log::Position;
use sqlx::postgres::PgListener;
use tokio_util::sync::CancellationToken;

use super::{Told, read};
use crate::database::{Database, Role};

/// What `append_events` notifies, with the last position.
const CHANNEL: &str = "acta_log";
/// How often the database is asked all the same.
const POLL: Duration = Duration::from_millis(500);

/// Follows until `closing`.
pub(super) async fn follow(database: Database, told: Told, closing: CancellationToken) {
    let mut listener = None;
    let mut silent = false;
    while !closing.is_cancelled() {
        if listener.is_none() {
            let listening = database.listen(Role::Project, CHANNEL);
            listener = closing.run_until_cancelled(listening).await.and_then(Result::ok);
        }
        let Some(heard) = closing.run_until_cancelled(hear(&mut listener, &database)).await else { return };
        match heard {
            Some(position) => told.reaches(position),
            None if !silent => tracing::warn!("the end of the log cannot be followed just now"),
            None => {}
        }
        silent = heard.is_none();
    }
}

/// Waits for a notification, at most for the time between two questions; gives where the log ends, if that can be known.
async fn hear(listener: &mut Option<PgListener>, database: &Database) -> Option<Position> {
    let Some(open) = listener else {
        tokio::time::sleep(POLL).await;
        return read::last_position(database).await.ok();
    };
    match tokio::time::timeout(POLL, open.try_recv()).await {
        Ok(Ok(Some(notification))) => notification.payload().parse().map(Position::new).ok(),
        // The connection is gone, and with it what was notified meanwhile.
        Ok(Ok(None) | Err(_)) => {
            *listener = None;
            read::last_position(database).await.ok()
        }
        Err(_) => read::last_position(database).await.ok(),
    }
}

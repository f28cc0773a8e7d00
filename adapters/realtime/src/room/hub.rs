//! The one tail of the log that all rooms of this instance share.

use std::time::Duration;

use acta_application::log::{FeedPage, FeedScope, LogError, Position, RecordedEvent};
use tokio::sync::watch;

use super::notice::{Told, told_of};
use super::rooms::Rooms;

/// Most events read at a time.
const PAGE: usize = 256;
/// The log is asked at least this often, whether it says that it moved or not.
const POLL: Duration = Duration::from_secs(1);
/// How long the hub rests when the log cannot be read.
const REST: Duration = Duration::from_millis(250);

/// Tells the rooms of what is appended, for ever. It reads nothing while there are no rooms.
pub(super) async fn follow(rooms: &Rooms) {
    let mut head = rooms.log().head();
    loop {
        let Some(told) = rooms.told() else {
            rooms.opened().await;
            continue;
        };
        // Seen before the read, so that whatever is appended after it wakes the hub.
        let newest = *head.borrow_and_update();
        match rooms.log().feed(FeedScope::All, told, PAGE).await {
            Ok(page) => {
                let has_more = page.events.len() >= PAGE || (told < page.reached && page.reached < newest);
                tell(rooms, page);
                if !has_more {
                    wait(&mut head).await;
                }
            }
            Err(error) => {
                report(&error, told);
                tokio::time::sleep(REST).await;
            }
        }
    }
}

fn tell(rooms: &Rooms, page: FeedPage) {
    for event in page.events {
        give(rooms, event);
    }
    rooms.have_told(page.reached);
}

fn give(rooms: &Rooms, event: RecordedEvent) {
    match told_of(&event) {
        Told::Session => {
            if let Some((_, inbox)) = rooms.find((event.tenant_id, event.session_id)) {
                inbox.give(event);
            }
        }
        Told::Erased { session, person } => {
            if let Some((room, _)) = rooms.find((event.tenant_id, session)) {
                room.forget(person);
            }
        }
        Told::Notice(notice) => rooms.announce(notice),
        Told::Nothing => {}
    }
}

/// Waits until the log has more, or until it is time to ask it anyway.
async fn wait(head: &mut watch::Receiver<Position>) {
    let changed = tokio::time::timeout(POLL, head.changed()).await;
    if matches!(changed, Ok(Err(_))) {
        // The log has gone; ask slowly rather than in circles.
        tokio::time::sleep(POLL).await;
    }
}

fn report(error: &LogError, told: Position) {
    let error = error as &dyn std::error::Error;
    tracing::warn!(error, %told, "the rooms wait: the log cannot be read");
}

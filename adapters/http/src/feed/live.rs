//! Live events (server-sent events, WHATWG HTML §9.2).

use std::convert::Infallible;
use std::error::Error;
use std::time::Duration;

use acta_application::log::{FeedScope, Position, RecordedEvent};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::Stream;
use tokio::sync::watch;

use super::event::EventResource;
use crate::problem::chain;
use crate::state::{App, HttpState};

/// How many events are read at a time. Nothing else is held for a client: one that is slow pulls slowly from the log.
const PAGE: usize = 64;
/// The log wakes the stream; this guarantees it, should another instance have appended.
const POLL: Duration = Duration::from_secs(1);
/// How often a quiet stream says that it lives.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// The events of `scope` behind `after`, as they come, until the client goes or the service stops.
pub(super) fn answer(app: App, scope: FeedScope, after: Position) -> Response {
    let keep_alive = KeepAlive::new().interval(KEEP_ALIVE).text("alive");
    Sse::new(events(app, scope, after)).keep_alive(keep_alive).into_response()
}

fn events(app: App, scope: FeedScope, mut after: Position) -> impl Stream<Item = Result<Event, Infallible>> {
    async_stream::stream! {
        let mut head = app.log.head();
        while !app.shutdown.is_cancelled() {
            head.mark_unchanged();
            let page = match app.log.feed(scope, after, PAGE).await {
                Ok(page) => page,
                Err(error) => {
                    report(&error);
                    break;
                }
            };
            let quiet = page.events.is_empty();
            after = after.max(page.reached);
            for event in page.events {
                let Some(frame) = frame(event) else {
                    return;
                };
                yield Ok(frame);
            }
            if quiet && !more(&app, &mut head).await {
                break;
            }
        }
    }
}

/// The frame of `event`; [`None`] for one that cannot be shown, which ends the stream, so that no client skips it unknowingly.
fn frame(event: RecordedEvent) -> Option<Event> {
    let event = EventResource::try_from(event).inspect_err(|error| report(error)).ok()?;
    let data = serde_json::to_string(&event).inspect_err(|error| report(error)).ok()?;
    Some(Event::default().id(event.position.to_string()).event(event.event_type).data(data))
}

/// Waits until there may be more; `false` when there will not be.
async fn more(app: &HttpState, head: &mut watch::Receiver<Position>) -> bool {
    tokio::select! {
        () = app.shutdown.cancelled() => false,
        changed = tokio::time::timeout(POLL, head.changed()) => !matches!(changed, Ok(Err(_))),
    }
}

fn report(error: &dyn Error) {
    tracing::error!(error = chain(error), "a live feed ended because the log cannot be read");
}

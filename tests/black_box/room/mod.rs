//! The room: who is connected sees every event once and in order, and takes part, by clients that others wrote.

mod bad_input;
mod clients;
mod presence;
mod reconnect;
mod signals;
mod sitting;
pub(crate) mod socket;
mod socket_io;
mod websocket;

use serde_json::Value;

use self::clients::Seen;
use crate::api::Api;
use crate::meeting::feed;

/// The events of a session behind `after`, as the HTTP feed tells of them: position, and place in the session.
async fn recorded(api: &Api, session: &str, after: u64) -> Vec<(u64, u64)> {
    let number = |event: &Value, name: &str| event[name].as_u64().unwrap();
    let events = feed(api).await;
    let of_session = events.iter().filter(|event| event["session_id"] == session);
    let numbers = of_session.map(|event| (number(event, "position"), number(event, "session_index")));
    numbers.filter(|(position, _)| *position > after).collect()
}

/// Somebody saw every event of the session behind `after`, once and in order.
#[track_caller]
fn assert_all_seen(who: &str, seen: &[Seen], recorded: &[(u64, u64)], after: u64) {
    let seen: Vec<_> = seen.iter().map(|(_, position, index)| (*position, *index)).collect();
    let recorded: Vec<_> = recorded.iter().copied().filter(|(position, _)| *position > after).collect();
    let differs = seen.iter().zip(&recorded).position(|(one, other)| one != other);
    assert!(
        seen == recorded,
        "{who} saw {} of {} events; the first that differs is number {differs:?} behind {after}",
        seen.len(),
        recorded.len()
    );
}

//! The chair's clock from outside: the order in which people are called, turns that are warned and ended, time accounts, and what the
//! chair has to say to depart from them.

mod clock;
mod instances;
mod overrides;
mod replay;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::api::{Answer, Api};
use crate::meeting::{Meeting, feed};

/// `member` asks for the floor; the path of the request.
async fn ask(meeting: &Meeting, member: Uuid) -> String {
    let wish = json!({ "user_id": member, "kind": "speech" });
    let request = meeting.post("/floor/requests", &wish).await.member("request_id");
    format!("/floor/requests/{request}")
}

/// `member` asks for the floor and is given it for `seconds`; the path of the request.
async fn give_turn(meeting: &Meeting, member: Uuid, seconds: u32) -> String {
    let request = ask(meeting, member).await;
    meeting.post(&format!("{request}/approve"), &json!({ "time_limit_seconds": seconds })).await;
    request
}

/// The chair tries to give the floor to `request`.
async fn approve(meeting: &Meeting, request: &str, body: &Value) -> Answer {
    meeting.api.post(&meeting.path(&format!("{request}/approve")), body).await
}

/// The floor as it is shown now, if it is shown now.
async fn floor(api: &Api, meeting: &Meeting) -> Option<Value> {
    let answer = api.get(&meeting.path("/floor")).await;
    (answer.status == 200).then(|| answer.json())
}

/// What happened on the floor of `meeting`, in order.
async fn floor_events(api: &Api, meeting: &Meeting) -> Vec<Value> {
    let is_of_floor = |event: &Value| {
        event["session_id"] == meeting.session.as_str() && event["stream"]["aggregate_type"] == "floor"
    };
    feed(api).await.into_iter().filter(is_of_floor).collect()
}

/// The types of `events`.
fn types(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["type"].as_str().expect("an event has a type")).collect()
}

/// The first of `events` that has this type.
#[track_caller]
fn first<'a>(events: &'a [Value], event_type: &str) -> &'a Value {
    let found = events.iter().find(|event| event["type"] == event_type);
    found.unwrap_or_else(|| panic!("no {event_type} happened: {events:?}"))
}

//! What messages must have brought about, held against what the feed says.

use std::collections::BTreeMap;

use serde_json::Value;

use super::message::{ACTIVATED, COMPLETED, VOTE_CLOSED, VOTE_STARTED};
use crate::api::Api;
use crate::meeting::feed;

/// What happened in a session: the session, the event's type, and the vote that it is about.
pub(super) type Effect = (String, String, Option<String>);

/// What a message in `topic` about `session` must bring about, the first time that it is sent.
pub(super) fn of_message(session: &str, topic: &str, vote: Option<&str>) -> Vec<Effect> {
    let types: &[&str] = match topic {
        ACTIVATED => &["governance.assembly-activated.v1", "session.started.v1"],
        COMPLETED => &["governance.assembly-completed.v1", "session.ended.v1"],
        VOTE_STARTED => &["governance.vote-opened.v1"],
        VOTE_CLOSED => &["governance.vote-closed.v1"],
        _ => panic!("nothing is known of {topic}"),
    };
    types.iter().map(|kind| (session.to_owned(), (*kind).to_owned(), vote.map(str::to_owned))).collect()
}

/// How often each thing that a message can bring about happened.
pub(super) async fn found(api: &Api) -> BTreeMap<Effect, usize> {
    let mut found = BTreeMap::new();
    for event in feed(api).await.iter().filter(|event| may_come_from_outside(event)) {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let vote = event["payload"]["vote_id"].as_str().map(str::to_owned);
        *found.entry((text(&event["session_id"]), text(&event["type"]), vote)).or_default() += 1;
    }
    found
}

fn may_come_from_outside(event: &Value) -> bool {
    let kind = event["type"].as_str().unwrap();
    kind.starts_with("governance.") || kind == "session.started.v1" || kind == "session.ended.v1"
}

/// Everything of `wanted` happened, once, and nothing else did.
pub(super) fn assert_once(wanted: &[Effect], found: &BTreeMap<Effect, usize>) {
    let missing: Vec<_> = wanted.iter().filter(|effect| !found.contains_key(effect)).collect();
    let more: Vec<_> =
        found.iter().filter(|(effect, count)| **count > 1 || !wanted.contains(effect)).collect();
    assert!(
        missing.is_empty() && more.is_empty(),
        "{} missing, {} too often or never asked for:\n{:#?}\n{:#?}",
        missing.len(),
        more.len(),
        missing.iter().take(10).collect::<Vec<_>>(),
        more.iter().take(10).collect::<Vec<_>>()
    );
}

//! What must hold in the end.

use std::collections::BTreeMap;

use serde_json::Value;

use super::client::Client;

/// The events that clients cause, and the members that tell one from another.
const TRACES: [(&str, &str); 4] = [
    ("attendance.validated.v1", "person_id"),
    ("speech.requested.v1", "person_id"),
    ("speech.withdrawn.v1", "request_id"),
    ("transcript.chunk.v1", "start_ms"),
];

/// Positions, session indexes and sequences count up without a gap.
#[track_caller]
pub(super) fn assert_gapless(events: &[Value]) {
    let positions = events.iter().map(|event| event["position"].as_u64().unwrap());
    assert!(positions.eq(1..=events.len() as u64), "positions have no gaps");
    let mut sessions: BTreeMap<&str, u64> = BTreeMap::new();
    let mut streams: BTreeMap<String, u64> = BTreeMap::new();
    for event in events {
        let index = sessions.entry(event["session_id"].as_str().unwrap()).or_default();
        assert_eq!(event["session_index"], *index, "{event}");
        *index += 1;
        let sequence = streams.entry(event["stream"].to_string()).or_default();
        *sequence += 1;
        assert_eq!(event["sequence"], *sequence, "{event}");
    }
}

/// Every acknowledged command has its event where it was said to be, and no command has two. `others` of the events were there
/// before the clients.
#[track_caller]
pub(super) fn assert_all_found(events: &[Value], clients: &[Client], others: usize) {
    let mut places: BTreeMap<(&str, String), Vec<u64>> = BTreeMap::new();
    for (kind, member) in TRACES {
        for event in events.iter().filter(|event| event["type"] == kind) {
            let value = &event["payload"][member];
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            places.entry((kind, value)).or_default().push(event["position"].as_u64().unwrap());
        }
    }
    let all = clients.iter().flat_map(|client| &client.acknowledged);
    for command in all.clone() {
        let (kind, _, value) = &command.trace;
        let found = places.get(&(*kind, value.clone()));
        assert_eq!(found, Some(&vec![command.position]), "{:?} was acknowledged elsewhere", command.trace);
    }
    assert_eq!(places.len(), all.count() + others, "nothing was written that nobody sent");
    assert!(places.values().all(|found| found.len() == 1), "nothing was written twice");
}

/// What a client was told first comes first.
#[track_caller]
pub(super) fn assert_in_order(clients: &[Client]) {
    for client in clients {
        let told = client.acknowledged.iter().map(|command| command.position);
        assert!(told.is_sorted_by(|earlier, later| earlier < later), "a client's commands are in order");
    }
}

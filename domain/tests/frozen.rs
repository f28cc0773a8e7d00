//! What was written once must be read for ever: one frozen example of every event type.
//!
//! `ACTA_REGENERATE=1` writes the examples that are missing. It never changes one that exists.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

mod examples;

use std::fs;
use std::path::PathBuf;

use acta_domain::{AnyEvent, EVENT_TYPES, UnknownEvent};
use examples::examples;
use serde_json::{Value, json};

fn path_of(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/frozen").join(format!("{name}.json"))
}

fn frozen(event: &AnyEvent) -> Value {
    let path = path_of(event.name());
    if !path.exists() && std::env::var_os("ACTA_REGENERATE").is_some() {
        let text = serde_json::to_string_pretty(&event.to_payload()).unwrap() + "\n";
        fs::write(&path, text).unwrap();
    }
    let text = fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("no frozen example {}: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}

fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.iter().any(has_null),
        Value::Object(fields) => fields.values().any(has_null),
        _ => false,
    }
}

#[test]
fn every_event_type_has_an_example_and_every_example_a_type() {
    let examples: Vec<_> = examples().iter().map(AnyEvent::name).collect();
    let catalogue: Vec<_> = EVENT_TYPES.iter().map(|info| info.name).collect();
    assert_eq!(examples, catalogue);
}

#[test]
fn every_frozen_example_is_what_the_type_still_writes() {
    for event in examples() {
        assert_eq!(frozen(&event), event.to_payload(), "{}", event.name());
    }
}

#[test]
fn every_frozen_example_is_read_as_the_event_it_was() {
    for event in examples() {
        let read = AnyEvent::from_parts(event.name(), &frozen(&event)).unwrap();
        assert_eq!(read, event);
    }
}

#[test]
fn the_catalogue_names_the_aggregate_of_every_event() {
    for (event, info) in examples().iter().zip(EVENT_TYPES) {
        assert_eq!(event.aggregate_type(), info.aggregate_type);
        assert!(!info.public || event.person_id().is_none(), "{} names a person", info.name);
    }
}

/// The fields that some event can go without.
const OPTIONAL: [&str; 12] = [
    "assembly_id",
    "evidence",
    "voting_weight",
    "time_limit_seconds",
    "warning_seconds",
    "group",
    "limit_seconds",
    "speaker_id",
    "credential_id",
    "key",
    "permission",
    "session_id",
];

#[test]
fn no_payload_holds_a_null() {
    for event in examples() {
        let mut payload = event.to_payload();
        assert!(!has_null(&payload));
        for optional in OPTIONAL {
            payload.as_object_mut().unwrap().remove(optional);
        }
        if let Ok(bare) = AnyEvent::from_parts(event.name(), &payload) {
            assert!(!has_null(&bare.to_payload()), "{}", event.name());
        }
    }
}

#[test]
fn the_types_of_aggregates_are_words_of_letters() {
    // What is published about them: consumers rely on it.
    for info in EVENT_TYPES {
        assert!(info.aggregate_type.bytes().all(|byte| byte.is_ascii_lowercase()), "{}", info.aggregate_type);
    }
}

#[test]
fn an_event_of_no_known_type_is_refused() {
    let error = AnyEvent::from_parts("session.created.v9", &json!({})).unwrap_err();
    assert!(matches!(error, UnknownEvent::Type { event_type } if event_type == "session.created.v9"));
}

#[test]
fn a_payload_with_a_missing_or_an_unknown_field_is_refused() {
    for payload in [
        json!({ "type": "session.started.v1" }),
        json!({ "type": "session.started.v1", "at": "2026-11-22T10:00:00.000000Z", "by": "me" }),
        json!({ "type": "session.started.v1", "at": "ten o'clock" }),
        json!(null),
    ] {
        let error = AnyEvent::from_parts("session.started.v1", &payload).unwrap_err();
        assert!(matches!(error, UnknownEvent::Payload { event_type: "session.started.v1", .. }));
    }
}

#[test]
fn a_payload_of_another_type_than_the_row_says_is_refused() {
    let payload = json!({ "type": "session.ended.v1", "at": "2026-11-22T10:00:00.000000Z" });
    let error = AnyEvent::from_parts("session.started.v1", &payload).unwrap_err();
    assert!(matches!(error, UnknownEvent::OtherType { found: "session.ended.v1", .. }));
}

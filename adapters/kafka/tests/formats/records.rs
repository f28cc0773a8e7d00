//! Records of topics are what their schemas say.

use acta_application::log::{Position, RecordedEvent};
use acta_application::relay::{PreviousCommitment, TopicRecord};
use acta_kafka::contract::RecordSchemas;
use acta_kafka::headers_schema;
use serde_json::json;

use crate::checked_in;
use crate::session::events;

const SOURCE: &str = "https://acta.example";

#[test]
fn the_checked_in_headers_are_those_of_the_code() {
    checked_in::says("topics/headers.json", &headers_schema());
}

/// The record of every event with the event before it.
fn records() -> Vec<(TopicRecord, Option<Position>)> {
    let mut before: Option<RecordedEvent> = None;
    let mut records = Vec::new();
    for event in events() {
        let previous: PreviousCommitment = before.as_ref().map(|event| event.commitment);
        let record = TopicRecord::of(&event, SOURCE, previous);
        records.push((record, before.map(|event| event.position)));
        before = Some(event);
    }
    records
}

fn violations(schemas: &RecordSchemas, record: &TopicRecord) -> Vec<String> {
    let headers = record.headers.iter().map(|(name, value)| (*name, value));
    schemas.violations(&record.key, headers, &record.body)
}

#[test]
fn the_record_of_every_event_type_is_what_the_schemas_say() {
    let (schemas, none) = (RecordSchemas::default(), Vec::<String>::new());
    for (record, before) in records() {
        assert_eq!(violations(&schemas, &record), none);
        assert_eq!(violations(&schemas, &record.clone().behind(before)), none);
        assert_eq!(violations(&schemas, &record.replayed()), none);
    }
}

#[test]
fn every_header_that_is_described_is_used_and_those_that_are_required_always() {
    let schema = headers_schema();
    let all: Vec<_> = records()
        .into_iter()
        .flat_map(|(record, before)| [record.clone().behind(before), record.replayed()])
        .collect();
    for name in schema["properties"].as_object().unwrap().keys() {
        let has = |record: &TopicRecord| record.headers.iter().any(|(header, _)| header == name);
        let required = schema["required"].as_array().unwrap().contains(&json!(name));
        assert!(all.iter().any(has), "no record has {name}");
        assert_eq!(all.iter().all(has), required, "{name}");
    }
}

/// The last record that has a header `name`, with `value` in it.
fn with(name: &str, value: &str) -> TopicRecord {
    let mut all = records().into_iter().rev().map(|(record, before)| record.behind(before).replayed());
    let has = |record: &TopicRecord| record.headers.iter().any(|(header, _)| *header == name);
    let mut record = all.find(has).unwrap_or_else(|| panic!("no record has {name}"));
    let header = record.headers.iter_mut().find(|(header, _)| *header == name);
    let (_, changed) = header.unwrap_or_else(|| panic!("it has no {name}"));
    value.clone_into(changed);
    record
}

#[test]
fn a_malformed_header_is_named() {
    let schemas = RecordSchemas::default();
    for (name, value) in [
        ("ce_id", "0192f0c1-1111-7111-8111-111111111111"),
        ("ce_position", "0"),
        ("ce_position", "01"),
        ("ce_previousposition", "-1"),
        ("ce_sessionindex", ""),
        ("ce_commitment", "5A"),
        ("ce_time", "2026-11-22"),
        ("ce_type", "Something"),
        ("ce_replayed", "false"),
        ("ce_specversion", "0.3"),
        ("ce_subject", "0192f0c1-2222-7222-8222-222222222222"),
        ("ce_metadata", r#"{"actor":"somebody"}"#),
        ("ce_metadata", "{"),
        ("ce_sealed", r#"{"subject":"session","words":"in the clear"}"#),
    ] {
        let found = violations(&schemas, &with(name, value));
        let named = |violation: &String| violation.contains(name) || violation.contains(value);
        assert!(found.iter().any(named), "{name}: {value}: {found:?}");
    }
}

#[test]
fn a_missing_a_doubled_and_an_unknown_header_are_named() {
    let (schemas, (whole, _)) = (RecordSchemas::default(), records().pop().unwrap());
    let mut missing = whole.clone();
    missing.headers.retain(|(name, _)| *name != "ce_commitment");
    assert!(violations(&schemas, &missing)[0].contains("\"ce_commitment\" is a required property"));
    let mut doubled = whole.clone();
    doubled
        .headers
        .push(("ce_salt", doubled.headers.iter().find(|header| header.0 == "ce_salt").unwrap().1.clone()));
    assert_eq!(violations(&schemas, &doubled), ["ce_salt: it stands there twice"]);
    let mut unknown = whole;
    unknown.headers.push(("ce_surprise", "1".to_owned()));
    assert_eq!(violations(&schemas, &unknown), ["ce_surprise: no schema names it"]);
}

#[test]
fn another_body_is_named() {
    let (schemas, (mut record, _)) = (RecordSchemas::default(), records().pop().unwrap());
    record.body = r#"{"type":"session.started.v1","at":"2026-11-22T10:00:00.000000Z"}"#.to_owned();
    assert!(violations(&schemas, &record).iter().all(|violation| violation.starts_with("body")));
    assert!(!violations(&schemas, &record).is_empty());
}

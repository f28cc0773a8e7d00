//! What was published is never changed: consumers rely on it. `schemas/published.json` has the fingerprint of each schema.

use std::collections::BTreeMap;

use acta_application::inbound::inbound_schemas;
use acta_domain::event_schemas;
use acta_kafka::headers_schema;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::checked_in;

const FILE: &str = "published.json";

/// From a schema's name (`events/session.created.v1`) to its fingerprint.
type Fingerprints = BTreeMap<String, String>;

/// Members of a schema that say nothing about what it accepts.
const ANNOTATIONS: [&str; 4] = ["$comment", "description", "examples", "title"];
/// Members whose own members are schemas: their names are not words of JSON Schema.
const MAPS: [&str; 5] = ["$defs", "definitions", "dependentSchemas", "patternProperties", "properties"];
/// Members that hold values, not schemas.
const VALUES: [&str; 4] = ["const", "default", "enum", "required"];

/// `schema` without its annotations.
fn bare(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => members.iter().filter_map(bare_member).collect::<Map<_, _>>().into(),
        Value::Array(schemas) => schemas.iter().map(bare).collect(),
        _ => schema.clone(),
    }
}

fn bare_member((name, value): (&String, &Value)) -> Option<(String, Value)> {
    let value = match (name.as_str(), value) {
        (word, _) if ANNOTATIONS.contains(&word) => return None,
        (word, _) if VALUES.contains(&word) => value.clone(),
        (word, Value::Object(schemas)) if MAPS.contains(&word) => {
            schemas.iter().map(|(name, schema)| (name.clone(), bare(schema))).collect::<Map<_, _>>().into()
        }
        _ => bare(value),
    };
    Some((name.clone(), value))
}

/// SHA-256 of the canonical JSON (RFC 8785) of what `schema` accepts.
fn fingerprint(schema: &Value) -> String {
    hex::encode(Sha256::digest(serde_json_canonicalizer::to_vec(&bare(schema)).unwrap()))
}

/// The fingerprints of this version. Headers have one each, so that there can be more of them.
fn current() -> Fingerprints {
    let named =
        |folder: &'static str| move |(name, schema)| (format!("{folder}/{name}"), fingerprint(&schema));
    let events = event_schemas().into_iter().map(named("events"));
    let inbound = inbound_schemas().into_iter().map(|(kind, schema)| (kind.to_string(), schema));
    let headers = headers().into_iter().map(named("headers"));
    events.chain(inbound.map(named("inbound"))).chain(headers).collect()
}

/// Each header with whether every record has it.
fn headers() -> Vec<(String, Value)> {
    let schema = headers_schema();
    let required = |name: &String| schema["required"].as_array().unwrap().contains(&json!(name));
    let headers = schema["properties"].as_object().unwrap().iter();
    headers
        .map(|(name, header)| (name.clone(), json!({ "required": required(name), "allOf": [header] })))
        .collect()
}

/// What of `current` breaks what `published` promised.
fn broken(published: &Fingerprints, current: &Fingerprints) -> Vec<String> {
    let complaint = |(name, promised): (&String, &String)| match current.get(name) {
        None => Some(format!("{name} was published: it cannot be taken away")),
        Some(now) if now != promised => Some(format!(
            "{name} was published: make a v2 (a header gets another name) and leave this one as it was"
        )),
        Some(_) => None,
    };
    published.iter().filter_map(complaint).collect()
}

/// `published`, and what is new in `current`.
fn grown(published: &Fingerprints, current: &Fingerprints) -> Fingerprints {
    let mut grown = current.clone();
    grown.extend(published.clone());
    grown
}

fn published() -> Fingerprints {
    if !checked_in::path(FILE).exists() && checked_in::regenerating() {
        return Fingerprints::new();
    }
    serde_json::from_value(checked_in::read(FILE)).unwrap()
}

#[test]
fn what_was_published_is_as_it_was() {
    let (published, current) = (published(), current());
    if checked_in::regenerating() {
        checked_in::write(FILE, &json!(grown(&published, &current)));
    }
    let broken = broken(&published, &current);
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_schema_is_published() {
    let published =
        grown(&published(), &if checked_in::regenerating() { current() } else { Fingerprints::new() });
    for name in current().keys() {
        assert!(published.contains_key(name), "schemas/{FILE} lacks {name}: run `make formats`");
    }
}

/// The schema of `session.created.v1`, changed by `change`.
fn created(change: impl FnOnce(&mut Value)) -> Value {
    let (_, mut schema) = event_schemas().into_iter().find(|(name, _)| name == "session.created.v1").unwrap();
    change(&mut schema);
    schema
}

fn fingerprints(schema: &Value) -> Fingerprints {
    Fingerprints::from([("events/session.created.v1".to_owned(), fingerprint(schema))])
}

#[track_caller]
fn is_refused(change: impl FnOnce(&mut Value)) {
    let (before, after) = (fingerprints(&created(|_| {})), fingerprints(&created(change)));
    let broken = broken(&before, &after);
    assert!(
        matches!(&broken[..], [one] if one.contains("session.created.v1 was published: make a v2")),
        "{broken:?}"
    );
    assert_eq!(grown(&before, &after), before, "writing the file anew does not forget what was promised");
}

#[test]
fn a_published_schema_cannot_ask_for_more() {
    is_refused(|schema| schema["required"].as_array_mut().unwrap().push(json!("assembly_id")));
    is_refused(|schema| {
        schema["properties"]["room"] = json!({ "type": "string" });
        schema["required"].as_array_mut().unwrap().push(json!("room"));
    });
}

#[test]
fn a_published_schema_cannot_get_another_pattern() {
    is_refused(|schema| schema["properties"]["assembly_id"]["pattern"] = json!("^[a-z]+$"));
}

#[test]
fn a_published_schema_cannot_lose_a_value() {
    is_refused(|schema| drop(schema["properties"]["modality"]["oneOf"].as_array_mut().unwrap().pop()));
}

#[test]
fn a_published_schema_cannot_lose_or_gain_or_rename_a_member() {
    is_refused(|schema| drop(schema["properties"].as_object_mut().unwrap().remove("assembly_id")));
    is_refused(|schema| schema["properties"]["room"] = json!({ "type": "string" }));
    is_refused(|schema| {
        let members = schema["properties"].as_object_mut().unwrap();
        let moved = members.remove("assembly_id").unwrap();
        members.insert("assembly".to_owned(), moved);
    });
}

#[test]
fn a_member_called_as_an_annotation_is_a_member() {
    for name in ANNOTATIONS {
        is_refused(|schema| schema["properties"][name] = json!({ "type": "string" }));
    }
}

#[test]
fn a_published_schema_cannot_be_taken_away() {
    let broken = broken(&fingerprints(&created(|_| {})), &Fingerprints::new());
    assert_eq!(broken, ["events/session.created.v1 was published: it cannot be taken away"]);
}

#[test]
fn a_published_schema_can_be_explained_better() {
    let explained = created(|schema| {
        schema["title"] = json!("A session");
        schema["description"] = json!("Somebody announced it.");
        schema["examples"] = json!([{}]);
        schema["properties"]["at"]["description"] = json!("When.");
        schema["properties"]["at"]["$comment"] = json!("To the microsecond.");
        schema["properties"]["modality"]["oneOf"][0]["description"] = json!("Nowhere in particular.");
    });
    let before = fingerprints(&created(|_| {}));
    assert!(broken(&before, &fingerprints(&explained)).is_empty());
}

#[test]
fn a_new_schema_is_only_added() {
    let before = fingerprints(&created(|_| {}));
    let more =
        grown(&before, &Fingerprints::from([("events/session.created.v2".to_owned(), "00".to_owned())]));
    assert_eq!(more.len(), 2);
    assert!(broken(&before, &more).is_empty());
}

//! The JSON Schemas in `schemas/events/` are the ones of the types.
//!
//! `ACTA_REGENERATE=1` writes them anew.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

mod examples;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use acta_domain::{EVENT_TYPES, event_schemas};
use examples::examples;
use serde_json::{Value, json};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../schemas/events")
}

fn regenerate(schemas: &[(String, Value)]) {
    fs::create_dir_all(folder()).unwrap();
    for (name, schema) in schemas {
        let text = serde_json::to_string_pretty(schema).unwrap() + "\n";
        fs::write(folder().join(format!("{name}.json")), text).unwrap();
    }
}

#[test]
fn the_checked_in_schemas_are_those_of_the_types() {
    let schemas = event_schemas();
    if std::env::var_os("ACTA_REGENERATE").is_some() {
        regenerate(&schemas);
    }
    for (name, schema) in &schemas {
        let path = folder().join(format!("{name}.json"));
        let text =
            fs::read_to_string(&path).unwrap_or_else(|error| panic!("no schema {}: {error}", path.display()));
        assert_eq!(&serde_json::from_str::<Value>(&text).unwrap(), schema, "{name}");
    }
}

#[test]
fn there_is_one_schema_for_every_event_type_and_no_other_file() {
    let names: Vec<_> = event_schemas().into_iter().map(|(name, _)| name).collect();
    let catalogue: Vec<_> = EVENT_TYPES.iter().map(|info| info.name.to_owned()).collect();
    assert_eq!(names, catalogue);
    let expected: BTreeSet<_> = names.iter().map(|name| format!("{name}.json")).collect();
    let found: BTreeSet<_> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with('.'))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn every_schema_stands_alone_and_is_closed() {
    for (name, schema) in event_schemas() {
        assert_eq!(schema["$id"], json!(format!("urn:acta:schema:{name}")));
        assert_eq!(schema["properties"]["type"]["const"], json!(name));
        assert_eq!(schema["additionalProperties"], json!(false), "{name}");
        assert!(schema["description"].is_string() && schema["title"].is_string(), "{name}");
        let text = schema.to_string();
        assert!(!text.contains("$ref") && !text.contains("null"), "{name}: {text}");
    }
}

#[test]
fn every_schema_accepts_the_example_of_its_type_and_no_other() {
    let examples = examples();
    for (name, schema) in event_schemas() {
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        for event in &examples {
            let accepted = validator.is_valid(&event.to_payload());
            assert_eq!(accepted, event.name() == name, "{name} on {}", event.name());
        }
    }
}

#[test]
fn every_schema_refuses_an_unknown_field_and_needs_the_moment() {
    let examples = examples();
    for ((name, schema), event) in event_schemas().iter().zip(&examples) {
        let validator = jsonschema::draft202012::new(schema).unwrap();
        let mut payload = event.to_payload();
        payload["name"] = json!("Ada Lovelace");
        assert!(!validator.is_valid(&payload), "{name}");
        let mut payload = event.to_payload();
        payload.as_object_mut().unwrap().remove("at");
        assert!(!validator.is_valid(&payload), "{name}");
    }
}

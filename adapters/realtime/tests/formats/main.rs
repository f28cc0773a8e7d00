//! The format that others read is the one of the code: the `AsyncAPI` document of the room.
//!
//! `ACTA_REGENERATE=1` writes it anew.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use acta_realtime::asyncapi;
use serde_json::{Map, Value, json};

const NAME: &str = "room.asyncapi.json";

/// The file `name` of `schemas/`.
fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../schemas").join(name)
}

fn document() -> Value {
    let openapi = fs::read_to_string(path("openapi.json")).unwrap();
    asyncapi(&serde_json::from_str(&openapi).unwrap())
}

#[test]
fn the_document_that_is_checked_in_is_the_one_that_the_code_gives() {
    let text = format!("{:#}\n", document());
    if std::env::var_os("ACTA_REGENERATE").is_some() {
        fs::write(path(NAME), &text).unwrap();
    }
    let stored = fs::read_to_string(path(NAME)).unwrap_or_default();
    assert!(stored == text, "schemas/{NAME} differs from the code: run this test with ACTA_REGENERATE=1");
}

/// Calls `visit` for every object inside `value`.
fn walk(value: &Value, visit: &mut dyn FnMut(&Map<String, Value>)) {
    match value {
        Value::Object(members) => {
            visit(members);
            members.values().for_each(|member| walk(member, visit));
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, visit)),
        _ => {}
    }
}

fn references(document: &Value) -> Vec<String> {
    let mut found = Vec::new();
    walk(document, &mut |members| {
        found.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
    });
    found
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document();
    let references = references(&document);
    assert!(references.len() > 150, "{}", references.len());
    for reference in references {
        assert!(document.pointer(reference.strip_prefix('#').unwrap()).is_some(), "{reference}");
    }
}

#[test]
fn every_message_and_schema_is_used() {
    let document = document();
    let used: BTreeSet<_> = references(&document).into_iter().collect();
    for place in ["messages", "schemas"] {
        for name in document["components"][place].as_object().unwrap().keys() {
            assert!(used.contains(&format!("#/components/{place}/{name}")), "{place}: {name}");
        }
    }
}

#[test]
fn both_transports_carry_the_same_messages() {
    let document = document();
    let names = |channel: &str| -> BTreeSet<String> {
        let messages = document["channels"][channel]["messages"].as_object().unwrap();
        messages.keys().map(|name| name.strip_prefix(&format!("{channel}.")).unwrap().to_owned()).collect()
    };
    assert_eq!(names("live"), names("moderation"));
    for name in ["request_speech", "renew_token", "connected", "session_state", "transcript_chunk", "closing"]
    {
        assert!(names("live").contains(name), "{name}");
    }
}

#[test]
fn every_operation_says_what_it_does_and_what_comes_in_is_answered() {
    for (name, operation) in document()["operations"].as_object().unwrap() {
        assert!(operation["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{name}");
        assert_eq!(operation["action"] == "receive", operation["reply"].is_object(), "{name}");
    }
}

#[test]
fn what_comes_out_is_described_in_words_and_tells_its_position() {
    let document = document();
    for reference in document["operations"]["moderation.send"]["messages"].as_array().unwrap() {
        let name = reference["$ref"].as_str().unwrap().rsplit('/').next().unwrap();
        let message = &document["components"]["messages"][name];
        assert!(message["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{name}");
        let alternatives = message["payload"]["oneOf"].as_array().cloned();
        for payload in alternatives.unwrap_or_else(|| vec![message["payload"].clone()]) {
            let schema = document.pointer(&payload["$ref"].as_str().unwrap()[1..]).unwrap();
            assert!(schema["properties"]["position"].is_object(), "{name}: {schema:#}");
        }
    }
}

/// The document's schema at `pointer` with everything that it refers to.
fn validator(document: &Value, pointer: &str) -> jsonschema::Validator {
    let schema = json!({ "$ref": format!("#{pointer}"), "components": document["components"] });
    jsonschema::draft202012::options().should_validate_formats(true).build(&schema).unwrap()
}

#[test]
fn whatever_comes_in_has_an_example_that_its_schema_accepts_and_no_other() {
    let document = document();
    for (name, operation) in document["operations"].as_object().unwrap() {
        if operation["action"] != "receive" {
            continue;
        }
        let validator = validator(&document, &format!("/components/messages/{name}/payload"));
        let mut example = document["components"]["messages"][name]["examples"][0]["payload"].clone();
        let errors: Vec<_> = validator.iter_errors(&example).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
        let data = if name.starts_with("live.") { &mut example["data"] } else { &mut example };
        *data = json!({ "nonsense": 1 });
        assert!(!validator.is_valid(&example), "{name}");
    }
}

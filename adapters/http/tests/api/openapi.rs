//! The description of the API.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

fn checked_in() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../schemas/openapi.json")
}

#[test]
fn the_description_that_is_checked_in_is_the_one_that_the_code_gives() {
    let text = format!("{:#}\n", acta_http::openapi_document());
    if std::env::var_os("ACTA_REGENERATE").is_some() {
        fs::write(checked_in(), &text).unwrap();
    }
    let stored = fs::read_to_string(checked_in()).unwrap_or_default();
    assert!(
        stored == text,
        "schemas/openapi.json differs from the code: run this test with ACTA_REGENERATE=1"
    );
}

/// Calls `visit` for every object inside `value`.
fn walk(value: &Value, visit: &mut dyn FnMut(&serde_json::Map<String, Value>)) {
    match value {
        Value::Object(members) => {
            visit(members);
            members.values().for_each(|member| walk(member, visit));
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, visit)),
        _ => {}
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let document = acta_http::openapi_document();
    let mut count = 0;
    walk(&document, &mut |members| {
        let Some(reference) = members.get("$ref").and_then(Value::as_str) else {
            return;
        };
        count += 1;
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    });
    assert!(count > 100, "{count}");
}

#[test]
fn every_operation_has_an_id_of_its_own_a_tag_and_a_summary() {
    let document = acta_http::openapi_document();
    let mut ids = std::collections::BTreeSet::new();
    for item in document["paths"].as_object().unwrap().values() {
        for operation in item.as_object().unwrap().values() {
            let id = operation["operationId"].as_str().unwrap();
            assert!(ids.insert(id.to_owned()), "{id} twice");
            assert!(operation["tags"][0].is_string(), "{id}");
            assert!(operation["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{id}");
        }
    }
}

#[test]
fn no_body_takes_what_it_does_not_know() {
    let document = acta_http::openapi_document();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        if name.ends_with("Body") {
            assert_eq!(schema["additionalProperties"], false, "{name}");
        }
    }
}

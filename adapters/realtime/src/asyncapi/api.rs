//! What the document of the HTTP API says of the requests that messages stand for.

use serde_json::{Map, Value, json};

use crate::message_in::PathOf;

/// What its schemas are called here, so that they are not taken for ours.
const PREFIX: &str = "api.";
const SCHEMAS: &str = "#/components/schemas/";

/// A request of the HTTP API.
pub(super) struct Request<'a> {
    /// What it does, in words.
    pub(super) words: &'a str,
    /// The schema of its body; none where it needs no body.
    pub(super) body: Option<Value>,
    /// The schema of its success.
    pub(super) answer: Value,
}

/// The request that a message stands for.
pub(super) fn request(openapi: &Value, path: PathOf) -> Request<'_> {
    let (under, verb) = match path {
        PathOf::Session(verb) => ("", verb),
        PathOf::Request(verb) => ("requests/{requestId}/", verb),
        PathOf::Person(verb) => ("attendees/{userId}/", verb),
    };
    let path = format!("/api/v1/sessions/{{id}}/floor/{under}{verb}");
    let operation = &openapi["paths"][&path]["post"];
    let content = |at: &Value| at.pointer("/content/application~1json/schema").cloned();
    let answers =
        operation["responses"].as_object().unwrap_or_else(|| panic!("POST {path} is not described"));
    let answer = answers.iter().find(|(status, _)| status.starts_with('2'));
    let body = content(&operation["requestBody"]).map(|reference| {
        let name = reference["$ref"].as_str().and_then(|reference| reference.strip_prefix(SCHEMAS));
        ours(&openapi["components"]["schemas"][name.expect("a body is described once, under its name")])
    });
    Request {
        words: operation["summary"].as_str().unwrap_or_default(),
        body,
        answer: answer
            .and_then(|(_, answer)| content(answer))
            .map(|answer| ours(&answer))
            .unwrap_or_default(),
    }
}

/// The schema `name`, with everything that it refers to added to `schemas`.
pub(super) fn named(openapi: &Value, name: &str, schemas: &mut Map<String, Value>) -> Value {
    let reference = json!({ "$ref": format!("{SCHEMAS}{PREFIX}{name}") });
    adopt(openapi, &reference, schemas);
    reference
}

/// Adds to `schemas` what `schema` refers to, with everything that this refers to.
pub(super) fn adopt(openapi: &Value, schema: &Value, schemas: &mut Map<String, Value>) {
    match schema {
        Value::Object(members) => {
            let referred = members.get("$ref").and_then(Value::as_str);
            if let Some(name) = referred.and_then(|name| name.strip_prefix(SCHEMAS)?.strip_prefix(PREFIX))
                && !schemas.contains_key(&format!("{PREFIX}{name}"))
            {
                let adopted = ours(&openapi["components"]["schemas"][name]);
                schemas.insert(format!("{PREFIX}{name}"), adopted.clone());
                adopt(openapi, &adopted, schemas);
            }
            members.values().for_each(|member| adopt(openapi, member, schemas));
        }
        Value::Array(items) => items.iter().for_each(|item| adopt(openapi, item, schemas)),
        _ => {}
    }
}

/// `schema` in the words of this document: its references lead to schemas as they are called here, and its examples are a list.
fn ours(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => members.iter().map(|(name, value)| member(name, value)).collect(),
        Value::Array(items) => items.iter().map(ours).collect(),
        other => other.clone(),
    }
}

fn member(name: &str, value: &Value) -> (String, Value) {
    match (name, value) {
        ("$ref", Value::String(reference)) => {
            (name.to_owned(), reference.replace(SCHEMAS, &format!("{SCHEMAS}{PREFIX}")).into())
        }
        // A property can have this name too: that has a schema, which is an object.
        ("example", example) if !example.is_object() => ("examples".to_owned(), json!([example])),
        (name, value) => (name.to_owned(), ours(value)),
    }
}

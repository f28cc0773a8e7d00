//! What the service takes, and what it answers.

use serde_json::{Map, Value, json};

use super::{api, schema};
use crate::message_in::{Message, PathOf};

/// A message that the service takes.
pub(super) struct Incoming {
    /// What it is called.
    pub(super) name: &'static str,
    /// What it says.
    pub(super) data: Value,
    /// What it does, in words.
    pub(super) words: String,
    /// What it comes to.
    pub(super) outcome: Value,
    /// What it says for example.
    pub(super) example: Value,
}

/// The messages, with the schemas that they rest on added to `schemas`.
pub(super) fn messages(openapi: &Value, schemas: &mut Map<String, Value>) -> Vec<Incoming> {
    let problem = api::named(openapi, "Problem", schemas);
    schemas.insert("Refusal".to_owned(), refusal(&problem));
    schemas.insert("Credentials".to_owned(), credentials());
    let messages: Vec<_> = Message::all()
        .map(|(name, message)| match message {
            Message::RenewToken => renew_token(name),
            Message::Request(path) => request(openapi, name, path),
        })
        .collect();
    for message in &messages {
        api::adopt(openapi, &message.data, schemas);
        api::adopt(openapi, &message.outcome, schemas);
    }
    messages
}

fn renew_token(name: &'static str) -> Incoming {
    let renewed = json!({
        "type": "object", "required": ["expires_at", "position"],
        "properties": {
            "expires_at": { "type": "string", "format": "date-time", "description": "When the new token ends." },
            "position": { "type": "integer", "minimum": 0, "description": "The position of the last message." },
        },
    });
    Incoming {
        name,
        data: schema("Credentials"),
        words: "Go on with another token of the same person.".to_owned(),
        outcome: outcome(&renewed),
        example: json!({ "token": "eyJ0eXAiOiJhdCtqd3QifQ.e30.c2ln", "dpop": "eyJ0eXAiOiJkcG9wK2p3dCJ9.e30.c2ln" }),
    }
}

fn request(openapi: &Value, name: &'static str, path: PathOf) -> Incoming {
    let request = api::request(openapi, path);
    let data = data(path, request.body);
    let example = example(&data);
    Incoming { name, data, words: request.words.to_owned(), outcome: outcome(&request.answer), example }
}

/// The body of the request, with what goes into its path and its head.
fn data(path: PathOf, body: Option<Value>) -> Value {
    let mut data = body.unwrap_or_else(|| json!({ "type": "object", "additionalProperties": false }));
    let in_path = match path {
        PathOf::Session(_) => None,
        PathOf::Request(_) => Some(("request_id", "The speech request.")),
        PathOf::Person(_) => Some(("user_id", "Who, by opaque id.")),
    };
    if let Some((name, words)) = in_path {
        data["properties"][name] = json!({ "type": "string", "format": "uuid", "description": words });
        let mut required = data["required"].as_array().cloned().unwrap_or_default();
        required.insert(0, name.into());
        data["required"] = required.into();
    }
    data["properties"]["idempotency_key"] = json!({
        "type": "string", "pattern": "^[!-~]{1,255}$", "description": "Sent twice under one key, the command is done once.",
    });
    data
}

/// What a message comes to: what the API answers, or its refusal.
fn outcome(done: &Value) -> Value {
    json!({ "oneOf": [done, schema("Refusal")] })
}

fn refusal(problem: &Value) -> Value {
    json!({
        "type": "object", "required": ["problem"], "additionalProperties": false,
        "description": "Why a message was refused.",
        "properties": { "problem": { "allOf": [problem, { "type": "object", "properties": {
            "retry_after_seconds": { "type": "integer", "minimum": 0, "description": "When it may be tried again." },
        } }] } },
    })
}

/// What lets somebody in, or stay.
fn credentials() -> Value {
    json!({
        "type": "object", "required": ["token"], "additionalProperties": false,
        "description": "What lets somebody in, or stay.",
        "properties": {
            "token": { "type": "string", "pattern": "^[!-~]+$", "description": "The access token." },
            "dpop": { "type": ["string", "null"], "pattern": "^[!-~]+$",
                "description": "The proof of holding its key (RFC 9449), of `GET <public URL>/api/v1/sessions/{id}/live`." },
        },
    })
}

/// What the required members of `data` can be.
fn example(data: &Value) -> Value {
    let required = data["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let value = |name: &str| match name {
        "kind" => json!("speech"),
        _ => json!("0192f0c1-0000-7000-8000-000000000001"),
    };
    required.map(|name| (name.to_owned(), value(name))).collect::<Map<_, _>>().into()
}

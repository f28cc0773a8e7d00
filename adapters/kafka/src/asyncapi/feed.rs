//! The live feed over HTTP: what the topics carry, for those who have no broker.

use acta_application::log::RecordedEvent;
use acta_application::persons::StoredPart;
use serde_json::{Map, Value, json};

use super::part::{Action, Part, message, operation, reference, schema};

const PATH: &str = "/api/v1/events";
const NAME: &str = "events";
const MESSAGE: &str = "event";
/// The version of the rules for what only HTTP has.
const HTTP_BINDING: &str = "0.3.0";
/// What the `OpenAPI` document says of an event, and what that rests on.
const SCHEMAS: [&str; 5] = ["Event", "Stream", "SealedPart", "Moment", "Whole"];

const DESCRIPTION: &str = "Server-sent events (WHATWG HTML §9.2), asked for with `Accept: text/event-stream`: `id` is the event's \
    position, `event` its type, `data` the message. A client that comes back with `Last-Event-ID` misses nothing. A quiet \
    stream sends a comment every 15 seconds.";

pub(super) fn part(openapi: &Value, events: &[RecordedEvent]) -> Part {
    Part {
        channels: Map::from_iter([(NAME.to_owned(), channel())]),
        operations: Map::from_iter([("send.events".to_owned(), send())]),
        messages: Map::from_iter([(MESSAGE.to_owned(), live_event(events))]),
        schemas: SCHEMAS.into_iter().map(|name| (name.to_owned(), described(openapi, name))).collect(),
    }
}

fn channel() -> Value {
    json!({
        "address": PATH,
        "title": "The live feed",
        "description": DESCRIPTION,
        "servers": [reference("servers", "api")],
        "messages": { MESSAGE: message(MESSAGE) },
    })
}

fn send() -> Value {
    let mut operation =
        operation(NAME, Action::Send, "Sends the tenant's events to a client, as they come.", &[MESSAGE]);
    let after = json!({ "allOf": [schema("Whole")],
        "description": "Only events behind this position; from the beginning without it." });
    operation["bindings"] = json!({ "http": {
        "method": "GET",
        "query": { "type": "object", "properties": { "after": after }, "additionalProperties": false },
        "bindingVersion": HTTP_BINDING,
    } });
    operation
}

fn live_event(events: &[RecordedEvent]) -> Value {
    json!({
        "name": MESSAGE,
        "title": "An event of the log",
        "summary": "An event of the tenant's, whatever its type.",
        "description": "`payload` is described by the schema that is called after `type`.",
        "contentType": "application/json",
        "payload": schema("Event"),
        "correlationId": {
            "location": "$message.payload#/metadata/correlation_id",
            "description": "One id for everything that one outside request set off.",
        },
        "examples": events.first().map(shown).into_iter().collect::<Vec<_>>(),
    })
}

/// The schema `name` as the `OpenAPI` document has it, in the words of JSON Schema.
fn described(openapi: &Value, name: &str) -> Value {
    let mut schema = openapi["components"]["schemas"][name].clone();
    exemplify(&mut schema);
    schema
}

/// `OpenAPI` knows one `example`, JSON Schema a list of them.
fn exemplify(schema: &mut Value) {
    if let Some(members) = schema.as_object_mut() {
        if let Some(example) = members.remove("example") {
            members.insert("examples".to_owned(), json!([example]));
        }
        members
            .get_mut("properties")
            .and_then(Value::as_object_mut)
            .into_iter()
            .flatten()
            .for_each(|(_, one)| exemplify(one));
    }
}

/// `event` as the feed shows it.
fn shown(event: &RecordedEvent) -> Value {
    let read = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
    let mut payload = json!({
        "position": event.position,
        "session_id": event.session_id,
        "session_index": event.session_index.get(),
        "stream": { "aggregate_type": event.stream.aggregate_type, "aggregate_id": event.stream.aggregate_id },
        "sequence": event.sequence.get(),
        "type": event.event_type,
        "version": event.event_version,
        "recorded_at": event.recorded_at,
        "payload": read(&event.payload),
        "metadata": read(&event.metadata),
        "salt": hex::encode(event.salt.0),
        "commitment": hex::encode(event.commitment.0),
    });
    if let Some(part) = StoredPart::of(event) {
        payload["sealed"] = json!(part);
    }
    json!({ "name": "first", "summary": "The first event of a session.", "payload": payload })
}

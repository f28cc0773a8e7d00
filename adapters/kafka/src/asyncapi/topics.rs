//! The topics that the relay fills.

use acta_application::log::RecordedEvent;
use acta_application::relay::{Layout, TopicNames, TopicRecord};
use acta_domain::{EVENT_TYPES, event_schemas};
use serde_json::{Map, Value, json};

use super::headers::headers_schema;
use super::part::{Action, KAFKA_BINDING, Part, Topic, embedded, schema};

/// The service of the examples.
const EXAMPLE_SOURCE: &str = "https://acta.example";

/// A topic for each event type, one for all, and the message of each type.
pub(super) fn part(events: &[RecordedEvent]) -> Part {
    let mut part = Part::default();
    part.schemas.insert("headers".to_owned(), embedded(headers_schema()));
    for (name, payload) in event_schemas() {
        let words = payload["description"].as_str().unwrap_or_default().to_owned();
        part.messages.insert(name.clone(), message(&name, &words, example(&name, events)));
        part.schemas.insert(name, embedded(payload));
    }
    let names: Vec<_> = EVENT_TYPES.iter().map(|info| info.name).collect();
    for name in &names {
        part.topic(name, &OF_TYPE, &[*name]);
        part.keeps_everything(name);
    }
    for topic in TopicNames::new(Layout::Single, "").all() {
        part.topic(topic.as_str(), &OF_ALL, &names);
        part.keeps_everything(topic.as_str());
    }
    part
}

const OF_TYPE: Topic<'_> = Topic {
    action: Action::Send,
    summary: "The relay publishes every event of the type.",
    description: "The events of one type in the order of the log; those of a session are in one partition. \
                  Filled in the layout with one topic for each event type, which is the usual one.",
};

const OF_ALL: Topic<'_> = Topic {
    action: Action::Send,
    summary: "The relay publishes every event.",
    description: "The events of all types in the order of the log; a session is whole and in order in one partition. \
                  Filled in the layout with one topic for all.",
};

fn message(name: &str, words: &str, example: Option<Value>) -> Value {
    let mut message = json!({
        "name": name,
        "title": name,
        "summary": words,
        "contentType": "application/json",
        "headers": { "allOf": [schema("headers"), headers_of(name)] },
        "payload": schema(name),
        "correlationId": {
            "location": "$message.header#/ce_traceparent",
            "description": "The trace of the request that it follows from, if that had one.",
        },
        "bindings": { "kafka": { "key": key(), "bindingVersion": KAFKA_BINDING } },
    });
    if let Some(example) = example {
        message["examples"] = json!([example]);
    }
    message
}

fn headers_of(name: &str) -> Value {
    json!({ "type": "object", "properties": {
        "ce_type": { "type": "string", "const": name },
        "ce_dataschema": { "type": "string", "const": format!("urn:acta:schema:{name}") },
    } })
}

fn key() -> Value {
    json!({ "type": "string", "format": "uuid", "description": "The session's id, so that a session keeps its order." })
}

/// The first event of the type `name` in a session that has `events`, as the first record of its partition.
fn example(name: &str, events: &[RecordedEvent]) -> Option<Value> {
    let index = events.iter().position(|event| event.event_type == name)?;
    let previous = index.checked_sub(1).map(|before| events[before].commitment);
    let record = TopicRecord::of(&events[index], EXAMPLE_SOURCE, previous);
    let payload: Value = serde_json::from_str(&record.body).ok()?;
    let headers: Map<String, Value> =
        record.headers.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
    Some(
        json!({ "name": "first", "summary": "As the first record of its partition.", "headers": headers, "payload": payload }),
    )
}

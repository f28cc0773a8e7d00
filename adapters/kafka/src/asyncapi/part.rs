//! Pieces that the parts of the document are put together from.

use serde_json::{Map, Value, json};

/// The version of the rules for what only Kafka has.
pub(super) const KAFKA_BINDING: &str = "0.5.0";

/// What one part adds to the document.
#[derive(Default)]
pub(super) struct Part {
    pub(super) channels: Map<String, Value>,
    pub(super) operations: Map<String, Value>,
    pub(super) messages: Map<String, Value>,
    pub(super) schemas: Map<String, Value>,
}

impl Part {
    /// This and `other`.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.channels.extend(other.channels);
        self.operations.extend(other.operations);
        self.messages.extend(other.messages);
        self.schemas.extend(other.schemas);
        self
    }

    /// Adds the topic `name`, which carries `messages`, and that the service does `action` to it.
    pub(super) fn topic(&mut self, name: &str, words: &Topic<'_>, messages: &[&str]) {
        let channel = json!({
            "address": name,
            "title": name,
            "description": words.description,
            "servers": [reference("servers", "kafka")],
            "messages": Value::Object(messages.iter().map(|one| ((*one).to_owned(), message(one))).collect()),
            "bindings": { "kafka": { "topic": name, "bindingVersion": KAFKA_BINDING } },
        });
        self.channels.insert(name.to_owned(), channel);
        let operation = operation(name, words.action, words.summary, messages);
        self.operations.insert(format!("{}.{name}", words.action.as_str()), operation);
    }

    /// Says of the topic `name` how it is made: nothing in it expires.
    pub(super) fn keeps_everything(&mut self, name: &str) {
        let settings = json!({ "cleanup.policy": ["delete"], "retention.ms": -1 });
        self.channels[name]["bindings"]["kafka"]["topicConfiguration"] = settings;
    }
}

/// What is said of a topic.
pub(super) struct Topic<'a> {
    pub(super) action: Action,
    pub(super) summary: &'a str,
    pub(super) description: &'a str,
}

/// What the service does.
#[derive(Clone, Copy)]
pub(super) enum Action {
    Send,
    Receive,
}

impl Action {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Receive => "receive",
        }
    }
}

/// The operation `action` on the channel `channel` with `messages` of it.
pub(super) fn operation(channel: &str, action: Action, summary: &str, messages: &[&str]) -> Value {
    let of_channel =
        |one: &&str| json!({ "$ref": format!("#/channels/{}/messages/{}", escaped(channel), escaped(one)) });
    json!({
        "action": action.as_str(),
        "channel": reference("channels", channel),
        "summary": summary,
        "messages": messages.iter().map(of_channel).collect::<Vec<_>>(),
    })
}

/// A reference to the member `name` of the document's member `place`.
pub(super) fn reference(place: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/{place}/{}", escaped(name)) })
}

/// A reference to the schema `name` of the document.
pub(super) fn schema(name: &str) -> Value {
    reference("components/schemas", name)
}

/// A reference to the message `name` of the document.
pub(super) fn message(name: &str) -> Value {
    reference("components/messages", name)
}

/// As a JSON Pointer (RFC 6901 §3) writes it.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// `schema` as a part of another document: without the name that it has where it stands alone.
pub(super) fn embedded(mut schema: Value) -> Value {
    if let Some(members) = schema.as_object_mut() {
        members.remove("$schema");
        members.remove("$id");
    }
    schema
}

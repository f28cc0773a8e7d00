//! What the governance service sends, and what it finds again in the topic of dead letters.

use std::collections::BTreeMap;
use std::io::Write as _;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::binary::printed;
use crate::kafka::place::Topics;
use crate::meeting::any_id;
use crate::python;

pub(super) const ACTIVATED: &str = "assembly.activated.v1";
pub(super) const COMPLETED: &str = "assembly.completed.v1";
pub(super) const VOTE_STARTED: &str = "vote.started.v1";
pub(super) const VOTE_CLOSED: &str = "vote.closed.v1";

/// How a message is written.
#[derive(Debug, Clone, Copy)]
pub(super) enum Mode {
    /// A CloudEvent whose attributes are headers.
    Binary,
    /// A CloudEvent whose attributes are in the body.
    Structured,
    /// JSON and nothing else.
    Plain,
}

/// A message for one of the topics.
#[derive(Debug, Clone)]
pub(super) struct Message {
    pub(super) topic: &'static str,
    pub(super) key: Option<String>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

/// Where a message stands: topic, partition and offset.
pub(super) type Place = (String, u64, u64);

/// A dead letter.
#[derive(Debug, Clone)]
pub(super) struct Letter {
    pub(super) place: Place,
    pub(super) reason: String,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) key: Option<String>,
    pub(super) body: Vec<u8>,
}

/// An assembly of the governance service.
#[derive(Debug, Clone)]
pub(super) struct Assembly {
    pub(super) tenant: Uuid,
    pub(super) id: String,
}

impl Assembly {
    /// One that nobody has heard of.
    pub(super) fn new(tenant: Uuid) -> Self {
        Self { tenant, id: format!("assembly-{}", any_id().simple()) }
    }

    /// What a message about it says.
    pub(super) fn data(&self) -> Value {
        json!({ "tenant_id": self.tenant, "assembly_id": self.id })
    }

    /// It began, or is over.
    pub(super) fn news(&self, mode: Mode, topic: &'static str) -> Message {
        Message::new(mode, topic, &self.id, &self.data())
    }

    /// A vote of it opened, or closed.
    pub(super) fn vote(&self, mode: Mode, topic: &'static str, vote: &str) -> Message {
        let mut data = self.data();
        data["vote_id"] = json!(vote);
        Message::new(mode, topic, &self.id, &data)
    }
}

impl Message {
    /// One that says `data`, under an id of its own.
    pub(super) fn new(mode: Mode, topic: &'static str, key: &str, data: &Value) -> Self {
        let id = any_id().to_string();
        let attributes = [("specversion", "1.0"), ("id", &id), ("source", "urn:governance"), ("type", topic)];
        let (headers, body) = match mode {
            Mode::Plain => (Vec::new(), data.clone()),
            Mode::Binary => {
                let headers = attributes.map(|(name, value)| (format!("ce_{name}"), value.to_owned()));
                (headers.to_vec(), data.clone())
            }
            Mode::Structured => {
                let mut event: Value = attributes.into_iter().collect();
                event["data"] = data.clone();
                (vec![("content-type".to_owned(), "application/cloudevents+json".to_owned())], event)
            }
        };
        Self { topic, key: Some(key.to_owned()), headers, body: body.to_string().into_bytes() }
    }

    /// The same with another body.
    pub(super) fn saying(self, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..self }
    }

    /// The same with this header instead of any of that name.
    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(header, _)| header != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same with this member of the body, or without it.
    pub(super) fn with_member(self, name: &str, value: Option<Value>) -> Self {
        let mut body: Value = serde_json::from_slice(&self.body).unwrap();
        let members = body.as_object_mut().unwrap();
        match value {
            Some(value) => drop(members.insert(name.to_owned(), value)),
            None => drop(members.remove(name)),
        }
        self.saying(body.to_string())
    }

    fn line(&self, prefix: &str) -> Value {
        json!({ "topic": format!("{prefix}{}", self.topic), "key": self.key, "headers": self.headers,
            "body": hex::encode(&self.body) })
    }
}

/// Sends `messages` in order; they are there when this returns. Gives where each stands.
pub(super) async fn send(topics: &Topics, messages: &[Message]) -> Vec<Place> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    for message in messages {
        writeln!(file, "{}", message.line(&topics.prefix)).unwrap();
    }
    let lines = run("send.py", vec![topics.brokers.clone(), file.path().display().to_string()]).await;
    assert_eq!(lines.len(), messages.len());
    let number = |line: &Value, name: &str| line[name].as_u64().unwrap();
    let place = |(message, line): (&Message, &Value)| {
        (message.topic.to_owned(), number(line, "partition"), number(line, "offset"))
    };
    messages.iter().zip(&lines).map(place).collect()
}

/// Every dead letter.
pub(super) async fn letters(topics: &Topics) -> Vec<Letter> {
    let topic = format!("{}acta.dead-letter", topics.prefix);
    let lines = run("letters.py", vec![topics.brokers.clone(), topic]).await;
    lines.iter().map(|line| letter(line, &topics.prefix)).collect()
}

fn letter(line: &Value, prefix: &str) -> Letter {
    let headers: BTreeMap<String, String> = serde_json::from_value(line["headers"].clone()).unwrap();
    let about = |name: &str| headers[&format!("dead-letter-{name}")].clone();
    let topic = about("topic").strip_prefix(prefix).unwrap().to_owned();
    Letter {
        place: (topic, about("partition").parse().unwrap(), about("offset").parse().unwrap()),
        reason: about("reason"),
        key: line["key"].as_str().map(str::to_owned),
        body: hex::decode(line["body"].as_str().unwrap()).unwrap(),
        headers,
    }
}

async fn run(script: &'static str, arguments: Vec<String>) -> Vec<Value> {
    let run = move || python::run(&format!("tests/python/inbound/{script}"), arguments);
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    assert!(output.status.success(), "{}", printed(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

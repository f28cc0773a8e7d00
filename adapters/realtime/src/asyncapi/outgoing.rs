//! What the service sends.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::{connection, message};

/// A message that the service sends.
pub(super) struct Outgoing {
    /// What it is called.
    pub(super) name: &'static str,
    /// What it says.
    pub(super) data: Value,
    /// What it tells, in words.
    pub(super) words: String,
}

/// The messages, and the schemas that they rest on.
pub(super) fn messages() -> (Vec<Outgoing>, Map<String, Value>) {
    let mut settings = SchemaSettings::draft2020_12().for_serialize();
    settings.definitions_path = "/components/schemas".into();
    let mut generator = settings.into_generator();
    let mut named = connection::schemas(&mut generator);
    named.extend(message::schemas(&mut generator));
    let schemas = generator.take_definitions(true);
    let mut messages: Vec<Outgoing> = Vec::new();
    for (name, data) in named {
        let data = data.to_value();
        let words = words(&data, &schemas);
        match messages.iter_mut().find(|known| known.name == name) {
            None => messages.push(Outgoing { name, data, words }),
            Some(known) => known.or(data, &words),
        }
    }
    (messages, schemas)
}

impl Outgoing {
    /// A message of the same name that says something else.
    fn or(&mut self, data: Value, words: &str) {
        let before = std::mem::take(&mut self.data);
        let mut alternatives = before["oneOf"].as_array().cloned().unwrap_or_else(|| vec![before]);
        alternatives.push(data);
        self.data = json!({ "oneOf": alternatives });
        self.words = format!("{} Or: {words}", self.words);
    }
}

/// What the schema that `data` refers to says of itself.
fn words(data: &Value, schemas: &Map<String, Value>) -> String {
    let name = data["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
    let described = name.and_then(|name| schemas.get(name)).unwrap_or(data);
    described["description"].as_str().unwrap_or_default().replace('\n', " ")
}

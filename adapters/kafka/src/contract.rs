//! What every record of the relay's topics must be: for tests that consume some.

use std::collections::BTreeMap;

use acta_domain::event_schemas;
use jsonschema::Validator;
use serde_json::{Map, Value};

use crate::headers_schema;

/// The schemas of headers and bodies, ready to judge any number of records.
pub struct RecordSchemas {
    headers: Validator,
    /// Of the headers that are described, those whose value is JSON have a schema of their own.
    described: BTreeMap<String, Option<Validator>>,
    bodies: BTreeMap<String, Validator>,
}

impl Default for RecordSchemas {
    fn default() -> Self {
        let headers = headers_schema();
        let described = headers["properties"].as_object().into_iter().flatten();
        let inner =
            |(name, schema): (&String, &Value)| (name.clone(), schema.get("contentSchema").map(validator));
        Self {
            described: described.map(inner).collect(),
            bodies: event_schemas().iter().map(|(name, schema)| (name.clone(), validator(schema))).collect(),
            headers: validator(&headers),
        }
    }
}

impl RecordSchemas {
    /// What of a record is not as the schemas say, in words; nothing if it is. A header that they do not name, or that stands there
    /// twice, is a violation too.
    pub fn violations<N: AsRef<str>, V: AsRef<str>>(
        &self,
        key: &str,
        headers: impl IntoIterator<Item = (N, V)>,
        body: &str,
    ) -> Vec<String> {
        let (mut found, mut object) = (Vec::new(), Map::new());
        for (name, value) in headers {
            let (name, value) = (name.as_ref(), value.as_ref());
            found.extend(self.of_header(name, value));
            if object.insert(name.to_owned(), value.into()).is_some() {
                found.push(format!("{name}: it stands there twice"));
            }
        }
        found.extend(self.of_body(object.get("ce_type"), body));
        for name in ["ce_subject", "ce_partitionkey"] {
            found.extend(
                (object.get(name) != Some(&key.into())).then(|| format!("{name}: it is not the key")),
            );
        }
        found.extend(errors(&self.headers, "headers", &Value::Object(object)));
        found
    }

    fn of_header(&self, name: &str, value: &str) -> Vec<String> {
        match self.described.get(name) {
            None => vec![format!("{name}: no schema names it")],
            Some(None) => Vec::new(),
            Some(Some(validator)) => errors_in(validator, name, value),
        }
    }

    fn of_body(&self, event_type: Option<&Value>, body: &str) -> Vec<String> {
        let validator = event_type.and_then(Value::as_str).and_then(|name| self.bodies.get(name));
        validator.map_or_else(
            || vec!["ce_type: there is no such event type".to_owned()],
            |validator| errors_in(validator, "body", body),
        )
    }
}

fn validator(schema: &Value) -> Validator {
    let options = jsonschema::draft202012::options().should_validate_formats(true);
    options.build(schema).expect("what is made from types is a JSON Schema")
}

fn errors(validator: &Validator, place: &str, value: &Value) -> Vec<String> {
    validator.iter_errors(value).map(|error| format!("{place}{}: {error}", error.instance_path())).collect()
}

fn errors_in(validator: &Validator, place: &str, text: &str) -> Vec<String> {
    match serde_json::from_str(text) {
        Ok(value) => errors(validator, place, &value),
        Err(error) => vec![format!("{place}: it is not JSON: {error}")],
    }
}

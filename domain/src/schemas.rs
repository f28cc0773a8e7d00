//! The JSON Schema of every event type, made from the types themselves.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};

use crate::access::AccessEvent;
use crate::attendance::AttendanceEvent;
use crate::client::ClientEvent;
use crate::floor::FloorEvent;
use crate::presence::PresenceEvent;
use crate::role::RoleEvent;
use crate::session::SessionEvent;
use crate::sign_in::SignInEvent;
use crate::transcript::TranscriptEvent;
use crate::user::UserEvent;

/// The name of every event type with the JSON Schema (2020-12) of its payload, in the order of the catalogue.
/// Each schema stands alone and names itself `urn:acta:schema:<event type>`.
pub fn event_schemas() -> Vec<(String, Value)> {
    [
        schema_of::<SessionEvent>(),
        schema_of::<AttendanceEvent>(),
        schema_of::<PresenceEvent>(),
        schema_of::<FloorEvent>(),
        schema_of::<TranscriptEvent>(),
        schema_of::<UserEvent>(),
        schema_of::<RoleEvent>(),
        schema_of::<ClientEvent>(),
        schema_of::<SignInEvent>(),
        schema_of::<AccessEvent>(),
    ]
    .iter()
    .flat_map(variants)
    .collect()
}

fn schema_of<E: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12()
        .with(|settings| settings.inline_subschemas = true)
        .into_generator()
        .into_root_schema_for::<E>()
}

fn variants(schema: &Schema) -> Vec<(String, Value)> {
    let variants = schema.get("oneOf").and_then(Value::as_array);
    variants.into_iter().flatten().filter_map(stand_alone).collect()
}

fn stand_alone(variant: &Value) -> Option<(String, Value)> {
    let name = variant.pointer("/properties/type/const")?.as_str()?.to_owned();
    let mut schema = Map::new();
    schema.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
    schema.insert("$id".into(), json!(format!("urn:acta:schema:{name}")));
    schema.insert("title".into(), json!(name));
    schema.extend(variant.as_object()?.clone());
    Some((name, Value::Object(schema)))
}

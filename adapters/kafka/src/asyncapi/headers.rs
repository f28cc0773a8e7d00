//! The headers of a topic's record, as a JSON Schema.

use serde_json::{Map, Value, json};

const UUID: &str = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";
/// A UUID of version 8 (RFC 9562 §5.8).
const UUID_8: &str = "^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$";
const MOMENT: &str = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z$";
const EVENT_TYPE: &str = r"^[a-z]+([.-][a-z]+)*\.v[1-9][0-9]*$";
const FROM_0: &str = "^(0|[1-9][0-9]{0,18})$";
const FROM_1: &str = "^[1-9][0-9]{0,18}$";
const DIGEST: &str = "^[0-9a-f]{64}$";
/// W3C Trace Context §3.2, version 00.
pub(super) const TRACEPARENT: &str = "^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$";

/// Headers that only some records have.
const OPTIONAL: [&str; 5] =
    ["ce_previousposition", "ce_previouscommitment", "ce_sealed", "ce_traceparent", "ce_replayed"];

/// The JSON Schema (2020-12) of the headers of a record that the relay publishes, as an object from name to text.
/// It names itself `urn:acta:schema:headers`. Headers that it does not name may come later: a reader passes over them.
pub fn headers_schema() -> Value {
    let properties: Map<String, Value> = headers().collect();
    let required: Vec<_> = properties.keys().filter(|name| !OPTIONAL.contains(&name.as_str())).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:acta:schema:headers",
        "title": "headers",
        "description": "The headers of a record: CloudEvents 1.0 in Kafka's binary mode. All values are texts in UTF-8.",
        "type": "object",
        "required": required,
        "properties": properties,
        "additionalProperties": { "type": "string" },
    })
}

fn headers() -> impl Iterator<Item = (String, Value)> {
    cloud_event().into_iter().chain(place()).chain(proof()).map(|(name, schema)| (name.to_owned(), schema))
}

/// What `CloudEvents` names itself, and its extension for partitions.
fn cloud_event() -> Vec<(&'static str, Value)> {
    vec![
        ("content-type", exactly("application/json", "What the body is.")),
        ("ce_specversion", exactly("1.0", "The version of CloudEvents.")),
        (
            "ce_id",
            text(
                UUID_8,
                "The event's identity, made from its commitment: the same however often it is published.",
            ),
        ),
        (
            "ce_source",
            json!({ "type": "string", "format": "uri", "minLength": 1, "description": "The service's public URL." }),
        ),
        ("ce_type", text(EVENT_TYPE, "Name with version.")),
        ("ce_subject", text(UUID, "The session's id.")),
        ("ce_time", moment("When the log took it.")),
        (
            "ce_dataschema",
            text(&EVENT_TYPE.replace('^', "^urn:acta:schema:"), "The `$id` of the body's JSON Schema."),
        ),
        ("ce_partitionkey", text(UUID, "The record's key: the session's id.")),
        (
            "ce_traceparent",
            text(TRACEPARENT, "W3C Trace Context of the request that it follows from, if that had one."),
        ),
    ]
}

/// Where the event stands.
fn place() -> Vec<(&'static str, Value)> {
    vec![
        ("ce_tenantid", text(UUID, "Whose it is.")),
        ("ce_position", text(FROM_1, "Place in the whole log: 1, 2, 3 …")),
        ("ce_sessionindex", text(FROM_0, "Place in the session: 0, 1, 2 … without gaps.")),
        ("ce_aggregatetype", text("^[a-z]+$", "The type of the aggregate whose stream it is in.")),
        (
            "ce_aggregateid",
            json!({ "type": "string", "minLength": 1, "description": "The id of that aggregate." }),
        ),
        ("ce_streamsequence", text(FROM_1, "Place in that stream: 1, 2, 3 … without gaps.")),
        ("ce_eventversion", text("^[1-9][0-9]{0,9}$", "The version that the type's name ends with.")),
        ("ce_previousposition", text(FROM_1, PREVIOUS)),
        ("ce_replayed", exactly("true", "Published once more on request, outside the partition's chain.")),
    ]
}

const PREVIOUS: &str = "The position of the record that the relay sent into this partition before this one; \
                        absent on the first, and on one that is published once more on request.";

/// What the commitment is about, and what it is.
fn proof() -> Vec<(&'static str, Value)> {
    vec![
        (
            "ce_metadata",
            json_text(
                &metadata(),
                "Who sent the command and what it followed from, as canonical JSON (RFC 8785).",
            ),
        ),
        ("ce_sealed", json_text(&sealed(), "The personal part, as ciphertext (AES-256-GCM).")),
        ("ce_salt", text(DIGEST, "The salt of the commitment.")),
        ("ce_commitment", text(DIGEST, "The salted hash of the event: HMAC-SHA256 under the salt.")),
        (
            "ce_previouscommitment",
            text(DIGEST, "That of the session's event before it; absent on the first."),
        ),
    ]
}

fn metadata() -> Value {
    json!({
        "type": "object",
        "required": ["actor", "command_id", "correlation_id"],
        "properties": {
            "actor": text("^(person:[0-9a-f-]{36}|service:[a-z0-9-]{1,64}|clock)$", "Who sent the command."),
            "command_id": text(UUID, "The command."),
            "correlation_id": text(UUID, "One id for everything that one outside request set off."),
            "causation_position": text(FROM_1, "The position of the event that a policy of the service reacted to."),
            "traceparent": text(TRACEPARENT, "W3C Trace Context of the request."),
        },
        "additionalProperties": { "type": "string" },
    })
}

fn sealed() -> Value {
    json!({
        "type": "object",
        "required": ["subject", "key_id", "nonce", "ciphertext"],
        "properties": {
            "subject": text("^(session|person:[0-9a-f-]{36})$", "Whose key opens it."),
            "key_id": text(DIGEST, "Which key."),
            "nonce": text("^[0-9a-f]{24}$", "The nonce."),
            "ciphertext": { "type": "string", "contentEncoding": "base64", "description": "The ciphertext (RFC 4648 §4)." },
        },
    })
}

fn text(pattern: &str, description: &str) -> Value {
    json!({ "type": "string", "pattern": pattern, "description": description })
}

fn exactly(value: &str, description: &str) -> Value {
    json!({ "type": "string", "const": value, "description": description })
}

pub(super) fn moment(description: &str) -> Value {
    json!({ "type": "string", "format": "date-time", "pattern": MOMENT, "description": description })
}

fn json_text(schema: &Value, description: &str) -> Value {
    let media_type = "application/json";
    json!({ "type": "string", "contentMediaType": media_type, "contentSchema": schema, "description": description })
}

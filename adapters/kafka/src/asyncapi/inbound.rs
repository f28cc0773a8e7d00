//! What arrives from the governance service, and what becomes of messages that can never be handled.

use acta_application::inbound::{AssemblyBody, GovernanceType, VoteBody, inbound_schemas};
use acta_domain::{AssemblyId, TenantId, VoteId};
use serde_json::{Value, json};

use super::headers::moment;
use super::part::{Action, KAFKA_BINDING, Part, Topic, embedded, schema};
use crate::inbound::{DEAD_LETTERS, InboundOptions};

const ACTIVATED: &str = "Starts the session that serves the assembly, and marks it.";
const COMPLETED: &str = "Ends the session that serves the assembly, and marks it.";
const STARTED: &str = "Marks in the session that a vote opened.";
const CLOSED: &str = "Marks in the session that a vote closed.";
const EXAMPLE_TENANT: &str = "0192f0c1-0000-7000-8000-000000000001";
const EXAMPLE_TIME: &str = "2026-11-22T10:00:00Z";
const EXAMPLE_SOURCE: &str = "https://governance.example";

const DESCRIPTION: &str = "Written by the governance service. A CloudEvent in binary mode (headers and body) or in structured \
    mode (`application/cloudevents+json`), or plain JSON. A message that comes again, by its CloudEvents source and id, has one \
    effect. One that can have none is moved to `acta.dead-letter`.";

/// The topics that are followed, and the one for dead letters.
pub(super) fn part() -> Part {
    let mut part = Part::default();
    for (kind, body) in inbound_schemas() {
        let (name, structured) = (kind.as_str(), format!("{kind}.structured"));
        part.messages.insert(name.to_owned(), binary_message(kind, &body));
        part.messages.insert(structured.clone(), structured_message(kind, &body));
        part.schemas.insert(name.to_owned(), embedded(body));
        part.topic(name, &follows(kind), &[name, &structured]);
        part.operations[&format!("receive.{name}")]["bindings"] = group();
    }
    part.messages.insert("dead-letter".to_owned(), dead_letter());
    part.topic(DEAD_LETTERS, &WRITES_OFF, &["dead-letter"]);
    part.keeps_everything(DEAD_LETTERS);
    part
}

fn follows(kind: GovernanceType) -> Topic<'static> {
    let summary = match kind {
        GovernanceType::AssemblyActivated => ACTIVATED,
        GovernanceType::AssemblyCompleted => COMPLETED,
        GovernanceType::VoteStarted => STARTED,
        GovernanceType::VoteClosed => CLOSED,
    };
    Topic { action: Action::Receive, summary, description: DESCRIPTION }
}

const WRITES_OFF: Topic<'_> = Topic {
    action: Action::Send,
    summary: "Sets a message aside that can never be handled.",
    description: "Messages as they came, with the reason in headers, for somebody to look at.",
};

fn group() -> Value {
    let group = json!({ "type": "string", "default": InboundOptions::default().group });
    json!({ "kafka": { "groupId": group, "bindingVersion": KAFKA_BINDING } })
}

fn binary_message(kind: GovernanceType, body: &Value) -> Value {
    let headers = json!({
        "content-type": "application/json", "ce_specversion": "1.0", "ce_id": example_id(kind), "ce_source": EXAMPLE_SOURCE,
        "ce_type": kind.as_str(), "ce_time": EXAMPLE_TIME,
    });
    let example = json!({ "name": "binary", "headers": headers, "payload": example(kind) });
    let mut message = message(kind, kind.as_str(), body, "$message.header#/ce_id");
    message["contentType"] = "application/json".into();
    message["headers"] = binary_headers(kind);
    message["payload"] = schema(kind.as_str());
    message["examples"] = json!([example]);
    message
}

fn structured_message(kind: GovernanceType, body: &Value) -> Value {
    let content_type = "application/cloudevents+json";
    let event = json!({
        "specversion": "1.0", "id": example_id(kind), "source": EXAMPLE_SOURCE, "type": kind.as_str(),
        "time": EXAMPLE_TIME, "data": example(kind),
    });
    let example =
        json!({ "name": "structured", "headers": { "content-type": content_type }, "payload": event });
    let mut message = message(kind, &format!("{kind}.structured"), body, "$message.payload#/id");
    message["contentType"] = content_type.into();
    message["headers"] = json!({ "type": "object", "required": ["content-type"],
        "properties": { "content-type": { "type": "string", "pattern": "^application/cloudevents\\+json" } } });
    message["payload"] = structured_event(kind);
    message["examples"] = json!([example]);
    message
}

/// What both modes have in common.
fn message(kind: GovernanceType, name: &str, body: &Value, id: &str) -> Value {
    json!({
        "name": name,
        "title": kind.as_str(),
        "summary": body["description"],
        "correlationId": { "location": id, "description": "With the source, the message's identity." },
        "bindings": { "kafka": { "key": key(), "bindingVersion": KAFKA_BINDING } },
    })
}

fn key() -> Value {
    json!({ "type": "string", "description": "The assembly's id: what has one key is handled in its order." })
}

fn binary_headers(kind: GovernanceType) -> Value {
    json!({ "type": "object", "properties": {
        "content-type": { "type": "string", "description": "What the body is." },
        "ce_specversion": { "type": "string", "const": "1.0" },
        "ce_id": { "type": "string", "minLength": 1, "description": "With the source, the message's identity." },
        "ce_source": { "type": "string", "minLength": 1, "description": "Who says it." },
        "ce_type": { "type": "string", "const": kind.as_str() },
        "ce_time": { "type": "string", "format": "date-time" },
        "ce_tenantid": tenant(),
    } })
}

fn structured_event(kind: GovernanceType) -> Value {
    json!({ "type": "object", "required": ["specversion", "id", "source", "type", "data"], "properties": {
        "specversion": { "type": "string", "const": "1.0" },
        "id": { "type": "string", "minLength": 1, "description": "With the source, the message's identity." },
        "source": { "type": "string", "minLength": 1, "description": "Who says it." },
        "type": { "type": "string", "const": kind.as_str() },
        "time": { "type": "string", "format": "date-time" },
        "tenantid": tenant(),
        "data": schema(kind.as_str()),
    } })
}

fn tenant() -> Value {
    json!({ "type": "string", "format": "uuid", "description": "Whose it is, unless the body says it." })
}

fn example_id(kind: GovernanceType) -> String {
    format!("2026-11/{kind}")
}

fn example(kind: GovernanceType) -> Value {
    let assembly = AssemblyBody {
        tenant_id: Some(TenantId::parse(EXAMPLE_TENANT).expect("it is a UUID")),
        assembly_id: AssemblyId::parse("assembly:2026-11").expect("it has the form of an id"),
        session_id: None,
    };
    match kind {
        GovernanceType::AssemblyActivated | GovernanceType::AssemblyCompleted => json!(assembly),
        GovernanceType::VoteStarted | GovernanceType::VoteClosed => {
            json!(VoteBody { assembly, vote_id: VoteId::parse("vote:7").expect("it has the form of an id") })
        }
    }
}

fn dead_letter() -> Value {
    json!({
        "name": "dead-letter",
        "title": "A message that can never be handled",
        "summary": "Key, headers and body are those of the message; headers say why and where it came from.",
        "headers": dead_letter_headers(),
        "payload": { "description": "The body as it came, whatever it is." },
        "bindings": { "kafka": { "key": key(), "bindingVersion": KAFKA_BINDING } },
        "examples": [{ "name": "malformed", "payload": "{", "headers": {
            "dead-letter-reason": "not_json",
            "dead-letter-detail": "the body is not JSON: line 1, column 1",
            "dead-letter-time": "2026-11-22T10:00:01.000000Z",
            "dead-letter-topic": "vote.started.v1",
            "dead-letter-partition": "0",
            "dead-letter-offset": "42",
        } }],
    })
}

fn dead_letter_headers() -> Value {
    let text =
        |pattern: &str, what: &str| json!({ "type": "string", "pattern": pattern, "description": what });
    let number = "^(0|[1-9][0-9]{0,18})$";
    let reason = text("^[a-z]+(_[a-z]+)*$", "Why, as a name that does not change.");
    json!({
        "type": "object",
        "required": ["dead-letter-reason", "dead-letter-detail", "dead-letter-time", "dead-letter-topic",
            "dead-letter-partition", "dead-letter-offset"],
        "properties": {
            "dead-letter-reason": reason,
            "dead-letter-detail": { "type": "string", "description": "Why, in words, with nothing of the message's own." },
            "dead-letter-time": moment("When it was given up."),
            "dead-letter-topic": { "type": "string", "minLength": 1, "description": "The topic that it came by." },
            "dead-letter-partition": text(number, "The partition that it came by."),
            "dead-letter-offset": text(number, "Its place there."),
            "dead-letter-truncated": { "type": "string", "const": "true",
                "description": "The broker takes no record as large as the message: its own headers and body are left out." },
        },
    })
}

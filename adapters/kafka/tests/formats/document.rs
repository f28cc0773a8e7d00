//! The `AsyncAPI` document.

use std::collections::BTreeSet;

use acta_application::inbound::{GovernanceMessage, GovernanceType, InboundMessage};
use acta_domain::EVENT_TYPES;
use acta_kafka::asyncapi;
use serde_json::{Map, Value};

use crate::checked_in;
use crate::session::events;

fn document() -> Value {
    asyncapi(&checked_in::read("openapi.json"), &events())
}

#[test]
fn the_document_that_is_checked_in_is_the_one_that_the_code_gives() {
    checked_in::says("asyncapi.json", &document());
}

/// Calls `visit` for every object inside `value`.
fn walk(value: &Value, visit: &mut dyn FnMut(&Map<String, Value>)) {
    match value {
        Value::Object(members) => {
            visit(members);
            members.values().for_each(|member| walk(member, visit));
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, visit)),
        _ => {}
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document();
    let mut count = 0;
    walk(&document, &mut |members| {
        let Some(reference) = members.get("$ref").and_then(Value::as_str) else {
            return;
        };
        count += 1;
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    });
    assert!(count > 150, "{count}");
}

#[test]
fn every_message_and_schema_is_used() {
    let document = document();
    let mut used = BTreeSet::new();
    walk(&document, &mut |members| {
        used.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
    });
    for place in ["messages", "schemas"] {
        for name in document["components"][place].as_object().unwrap().keys() {
            assert!(used.contains(&format!("#/components/{place}/{name}")), "{place}: {name}");
        }
    }
}

#[test]
fn every_event_type_has_a_topic_of_its_name_and_is_in_the_one_for_all() {
    let document = document();
    for info in EVENT_TYPES {
        assert_eq!(document["channels"][info.name]["address"], info.name);
        assert!(document["channels"]["acta.events"]["messages"][info.name].is_object(), "{}", info.name);
        assert_eq!(document["operations"][format!("send.{}", info.name)]["action"], "send");
    }
}

/// The document's schema at `pointer` with everything that it refers to.
fn validator(document: &Value, pointer: &str) -> jsonschema::Validator {
    let schema = serde_json::json!({ "$ref": format!("#{pointer}"), "components": document["components"] });
    jsonschema::draft202012::options().should_validate_formats(true).build(&schema).unwrap()
}

#[test]
fn every_message_has_an_example_that_its_schemas_accept() {
    let document = document();
    for (name, message) in document["components"]["messages"].as_object().unwrap() {
        let examples = message["examples"].as_array().unwrap_or_else(|| panic!("{name} has no example"));
        assert!(!examples.is_empty(), "{name}");
        for (example, part) in
            examples.iter().flat_map(|example| [(example, "payload"), (example, "headers")])
        {
            let Some(value) = example.get(part) else { continue };
            let pointer = format!("/components/messages/{name}/{part}");
            let errors: Vec<_> =
                validator(&document, &pointer).iter_errors(value).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{name}, {part}: {errors:?}");
        }
    }
}

#[test]
fn every_operation_says_what_it_does() {
    for (name, operation) in document()["operations"].as_object().unwrap() {
        assert!(operation["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{name}");
        assert!(operation["messages"].as_array().is_some_and(|messages| !messages.is_empty()), "{name}");
    }
}

/// The first example of the message `name` as it would arrive.
fn arriving(document: &Value, kind: GovernanceType, name: &str) -> InboundMessage {
    let example = &document["components"]["messages"][name]["examples"][0];
    let headers = example["headers"].as_object().unwrap().iter();
    InboundMessage {
        topic: kind.to_string(),
        event_type: kind.to_string(),
        partition: 0,
        offset: 0,
        key: None,
        headers: headers.map(|(name, value)| (name.clone(), value.as_str().unwrap().into())).collect(),
        body: example["payload"].to_string().into_bytes(),
    }
}

#[test]
fn every_message_that_arrives_is_understood_in_both_modes() {
    let document = document();
    for kind in GovernanceType::ALL {
        assert_eq!(document["operations"][format!("receive.{kind}")]["action"], "receive");
        let name = kind.to_string();
        let binary = GovernanceMessage::parse(&arriving(&document, kind, &name)).unwrap();
        let structured = arriving(&document, kind, &format!("{name}.structured"));
        assert_eq!(GovernanceMessage::parse(&structured).unwrap(), binary, "{kind}");
    }
}

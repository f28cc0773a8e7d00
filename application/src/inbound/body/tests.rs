//! The JSON Schemas in `schemas/inbound/` are the ones of the types. `ACTA_REGENERATE=1` writes them anew.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use super::*;
use crate::inbound::{GovernanceMessage, InboundMessage};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../schemas/inbound")
}

fn example(kind: GovernanceType) -> Value {
    let assembly = AssemblyBody {
        tenant_id: Some(TenantId::parse("0198f2a0-0000-7000-8000-000000000001").unwrap()),
        assembly_id: AssemblyId::parse("assembly-7").unwrap(),
        session_id: Some(SessionId::parse("0198f2a0-0000-7000-8000-000000000002").unwrap()),
    };
    let vote_id = VoteId::parse("vote-1").unwrap();
    match kind {
        GovernanceType::AssemblyActivated | GovernanceType::AssemblyCompleted => json!(assembly),
        GovernanceType::VoteStarted | GovernanceType::VoteClosed => json!(VoteBody { assembly, vote_id }),
    }
}

fn is_read(kind: GovernanceType, body: &Value) -> bool {
    let message = InboundMessage {
        topic: kind.to_string(),
        event_type: kind.to_string(),
        partition: 0,
        offset: 0,
        key: None,
        headers: Vec::new(),
        body: body.to_string().into_bytes(),
    };
    GovernanceMessage::parse(&message).is_ok()
}

#[test]
fn the_checked_in_schemas_are_those_of_the_types_and_no_other_file_is_there() {
    let regenerate = std::env::var_os("ACTA_REGENERATE").is_some();
    let mut expected = BTreeSet::new();
    for (kind, schema) in inbound_schemas() {
        let name = format!("{kind}.json");
        if regenerate {
            fs::create_dir_all(folder()).unwrap();
            let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
            fs::write(folder().join(&name), text).unwrap();
        }
        let text = fs::read_to_string(folder().join(&name)).expect("a schema of every type is checked in");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), schema, "{name}");
        expected.insert(name);
    }
    let files = fs::read_dir(folder()).unwrap();
    let found: BTreeSet<_> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(found, expected);
}

#[test]
fn every_schema_stands_alone_and_is_open() {
    for (kind, schema) in inbound_schemas() {
        assert_eq!(schema["$id"], json!(format!("urn:acta:schema:inbound:{kind}")));
        assert!(!schema.to_string().contains("$ref"), "{kind}");
        let mut body = example(kind);
        body["agenda"] = json!(["anything"]);
        assert!(jsonschema::draft202012::is_valid(&schema, &body), "{kind}");
        assert!(is_read(kind, &body), "{kind}");
    }
}

#[test]
fn what_a_schema_refuses_is_not_read() {
    let changes: [(&str, Option<Value>); 6] = [
        ("assembly_id", None),
        ("assembly_id", Some(json!(7))),
        ("assembly_id", Some(json!("with a space"))),
        ("tenant_id", Some(json!(["no", "text"]))),
        ("session_id", Some(json!({}))),
        ("assembly_id", Some(json!("x".repeat(129)))),
    ];
    for (kind, schema) in inbound_schemas() {
        for (field, change) in &changes {
            let mut body = example(kind);
            match change {
                Some(value) => body[field] = value.clone(),
                None => drop(body.as_object_mut().unwrap().remove(*field)),
            }
            assert!(!jsonschema::draft202012::is_valid(&schema, &body), "{kind}: {body}");
            assert!(!is_read(kind, &body), "{kind}: {body}");
        }
    }
}

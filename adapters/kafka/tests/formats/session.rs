//! A session in which every type of event happens once, as the log would hold it.

use std::fs;
use std::path::Path;

use acta_application::log::{
    Actor, Append, CommandDigest, CommandId, ExpectedVersion, Metadata, NewEvent, Place, Position,
    RecordedEvent, Sequence, SessionIndex, StreamId, record,
};
use acta_domain::{EVENT_TYPES, EventTypeInfo, PersonId, SessionId, TenantId, Timestamp};
use acta_proof::commitment::Salt;
use acta_proof::sealed::SealedPart;
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The types whose events have a personal part.
const SEALED: [&str; 8] = [
    "session.described.v1",
    "attendance.validated.v1",
    "attendance.refused.v1",
    "speech.requested.v1",
    "speech.denied.v1",
    "floor.overridden.v1",
    "transcript.chunk.v1",
    "transcript.corrected.v1",
];

/// The events, in order.
pub(crate) fn events() -> Vec<RecordedEvent> {
    (0..).zip(EVENT_TYPES).map(|(index, info)| event(index, info)).collect()
}

fn event(index: u64, info: &EventTypeInfo) -> RecordedEvent {
    let new = NewEvent {
        event_type: info.name.to_owned(),
        event_version: 1,
        payload: frozen(info.name),
        sealed: SEALED.contains(&info.name).then(|| sealed(info)),
    };
    let place = Place {
        position: Position::new(1_001 + index),
        session_index: SessionIndex::new(index),
        sequence: sequence(index, info),
        recorded_at: Timestamp::parse("2026-11-22T10:00:00.251Z").unwrap(),
    };
    let salt = Salt(Sha256::digest(index.to_be_bytes()).into());
    record(&append(index, info), &new, place, salt).unwrap()
}

/// How many events of the same stream there were by then.
fn sequence(index: u64, info: &EventTypeInfo) -> Sequence {
    let before = EVENT_TYPES.iter().take(usize::try_from(index).unwrap());
    let of_stream = before.filter(|other| other.aggregate_type == info.aggregate_type).count();
    Sequence::new(of_stream as u64 + 1)
}

/// The payload as the log keeps it: every one that there ever was must stay readable, so there is one of each.
fn frozen(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../domain/tests/frozen");
    let text = fs::read_to_string(folder.join(format!("{name}.json"))).unwrap();
    serde_json_canonicalizer::to_string(&serde_json::from_str::<Value>(&text).unwrap()).unwrap()
}

fn append(index: u64, info: &EventTypeInfo) -> Append {
    let session_id = SessionId::parse("0192f0c1-1111-7111-8111-111111111111").unwrap();
    let command_id =
        CommandId(Uuid::from_u128(0x0192_f0c1_4444_8444_8444_4444_4444_0000 + u128::from(index)));
    Append {
        tenant_id: TenantId::parse("0192f0c1-0000-7000-8000-000000000001").unwrap(),
        session_id,
        stream: StreamId::of_session(info.aggregate_type, session_id),
        expected: ExpectedVersion::Any,
        guards: Vec::new(),
        rests_on: Vec::new(),
        metadata: metadata(index, command_id),
        command_digest: CommandDigest::of_id(command_id),
        events: Vec::new(),
    }
}

/// A person, the clock and a service send commands in turn; some with a trace, some because of what was before.
fn metadata(index: u64, command_id: CommandId) -> Metadata {
    let person = PersonId::parse("0192f0c1-2d3e-7f40-8a5b-6c7d8e9f0a1b").unwrap();
    let actors = [Actor::Person(person), Actor::Service("governance".to_owned()), Actor::Clock];
    let actor = actors[usize::try_from(index).unwrap() % 3].clone();
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    Metadata {
        correlation_id: command_id.0,
        causation: (actor == Actor::Clock).then(|| Position::new(1_000 + index)),
        traceparent: (actor != Actor::Clock).then(|| trace.to_owned()),
        command_id,
        actor,
    }
}

fn sealed(info: &EventTypeInfo) -> SealedPart {
    let of_person = "person:0192f0c1-2d3e-7f40-8a5b-6c7d8e9f0a1b";
    SealedPart {
        subject: if info.aggregate_type == "session" { "session" } else { of_person }.to_owned(),
        key_id: [0x1d; 32],
        nonce: [0x5a; 12],
        ciphertext: (0..48).collect(),
    }
}

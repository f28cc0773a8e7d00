use acta_domain::{SessionId, TenantId, Timestamp};
use acta_proof::commitment::{Commitment, Salt};
use cqrs_es::persist::{EventUpcaster, SemanticVersionEventUpcaster};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Upcasters;
use crate::log::{Position, RecordedEvent, Sequence, SessionIndex, StreamId};

fn stored(event_type: &str, payload: &Value) -> RecordedEvent {
    let session_id = SessionId::new(Uuid::from_u128(1));
    RecordedEvent {
        position: Position::FIRST,
        tenant_id: TenantId::new(Uuid::from_u128(2)),
        session_id,
        session_index: SessionIndex::FIRST,
        stream: StreamId::of_session("floor", session_id),
        sequence: Sequence::FIRST,
        event_type: event_type.to_owned(),
        event_version: 1,
        payload: payload.to_string(),
        metadata: "{}".to_owned(),
        sealed: None,
        recorded_at: Timestamp::from_micros(0).expect("the epoch is a time"),
        salt: Salt([0; 32]),
        commitment: Commitment([0; 32]),
    }
}

fn urgency_became_priority() -> Box<dyn EventUpcaster> {
    Box::new(SemanticVersionEventUpcaster::new(
        "speech.requested.v1",
        "2",
        Box::new(|mut payload: Value| {
            let urgency = payload["urgency"].take();
            payload.as_object_mut().expect("an event is an object").remove("urgency");
            payload["priority"] = urgency;
            payload
        }),
    ))
}

#[test]
fn an_old_event_is_read_in_its_newest_form_and_stays_as_it_was_stored() {
    let event = stored("speech.requested.v1", &json!({"urgency": 3}));
    let chain = Upcasters::new(vec![urgency_became_priority()]);

    let (event_type, payload) = chain.lift(&event).expect("the payload is JSON");

    assert_eq!((event_type.as_str(), payload), ("speech.requested.v1", json!({"priority": 3})));
    assert_eq!(event.payload, r#"{"urgency":3}"#);
}

#[test]
fn events_of_other_types_pass_a_chain_unchanged() {
    let event = stored("speech.denied.v1", &json!({"urgency": 3}));
    let chain = Upcasters::new(vec![urgency_became_priority()]);

    let (_, payload) = chain.lift(&event).expect("the payload is JSON");

    assert_eq!(payload, json!({"urgency": 3}));
}

#[test]
fn a_payload_that_is_not_json_is_reported_with_its_position() {
    let mut event = stored("speech.denied.v1", &json!({}));
    event.payload = "{".to_owned();

    let error = Upcasters::default().lift(&event).expect_err("half an object is no JSON");

    assert_eq!(error.position, Position::FIRST);
}

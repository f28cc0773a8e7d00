use super::*;
use crate::cbor::{Value, decode, encode};

fn statement() -> EventStatement {
    EventStatement {
        tenant: [1; 16],
        session: [2; 16],
        session_index: 300,
        aggregate_type: "floor".into(),
        aggregate_id: "f-1".into(),
        sequence: 2,
        event_type: "floor.requested".into(),
        event_version: 1,
        recorded_at: -5,
        payload: b"{}".to_vec(),
        metadata: br#"{"actor":"a-1"}"#.to_vec(),
        sealed: None,
    }
}

fn with_sealed() -> EventStatement {
    let sealed =
        SealedPart { subject: "p-1".into(), key_id: [5; 32], nonce: [6; 12], ciphertext: vec![7; 20] };
    EventStatement { sealed: Some(sealed), ..statement() }
}

#[test]
fn an_event_is_read_back_from_its_encoding() {
    for event in [statement(), with_sealed()] {
        assert_eq!(EventStatement::decode(&event.encode()), Ok(event));
    }
}

#[test]
fn an_event_is_deterministic_cbor_with_keys_1_to_12() {
    for (event, last) in [(statement(), 11), (with_sealed(), 12)] {
        let bytes = event.encode();
        let value = decode(&bytes).unwrap();
        let keys: Vec<_> = value.as_map().unwrap().iter().map(|(key, _)| key.clone()).collect();
        assert_eq!(keys, (1..=last).map(Value::from).collect::<Vec<_>>());
        assert_eq!(encode(&value), bytes);
    }
}

#[test]
fn every_shortened_or_lengthened_event_is_refused() {
    let bytes = with_sealed().encode();
    for length in 0..bytes.len() {
        assert!(EventStatement::decode(&bytes[..length]).is_err());
    }
    assert!(EventStatement::decode(&[bytes, vec![0]].concat()).is_err());
}

#[test]
fn a_payload_or_metadata_that_is_not_canonical_json_is_named() {
    let payload = EventStatement { payload: br#"{"yes":1,"yes":99}"#.to_vec(), ..statement() };
    assert_eq!(EventStatement::decode(&payload.encode()), Err(EventError::NotCanonical { field: "payload" }));
    let metadata = EventStatement { metadata: vec![], ..statement() };
    assert_eq!(
        EventStatement::decode(&metadata.encode()),
        Err(EventError::NotCanonical { field: "metadata" })
    );
}

use acta_proof::commitment::{Salt, commit};
use acta_proof::entry::Entry;
use acta_proof::file::{Draft, Opening, ProofKind, build};
use acta_proof::head::{HeadClaims, issue_head};
use acta_proof::key::SigningKey;
use acta_proof::tree::root;
use acta_proof::verify::{VerifyOptions, verify_file};

use super::*;

const CREATED_JSON: &str = include_str!("../../../../domain/tests/frozen/session.created.v1.json");
const SEALED_JSON: &str = include_str!("../../../../domain/tests/frozen/session.sealed.v1.json");
/// The public name in the frozen `session.created.v1`.
const NAME: &str = "urn:acta:s:onuxq5dfmvxcaytzorsxgidjmq";

fn opening(index: u64, event_type: &str, payload: &str) -> Opening {
    let payload: serde_json::Value = serde_json::from_str(payload).expect("frozen events are JSON");
    let event = EventStatement {
        tenant: [1; 16],
        session: [2; 16],
        session_index: index,
        aggregate_type: "session".to_owned(),
        aggregate_id: "s".to_owned(),
        sequence: index + 1,
        event_type: event_type.to_owned(),
        event_version: 1,
        recorded_at: 0,
        payload: payload.to_string().into_bytes(),
        metadata: b"{}".to_vec(),
        sealed: None,
    };
    Opening { index, salt: Salt([7; 32]), event: event.encode() }
}

/// The verified public proof of a session of that name with these events, the first `opened` of them opened.
fn report(subject: &str, state: HeadState, events: &[(&str, &str)], opened: usize) -> Report {
    let signer = SigningKey::from_seed(&[0x11; 32]);
    let mut openings: Vec<_> =
        (0..).zip(events).map(|(index, (event_type, json))| opening(index, event_type, json)).collect();
    let entries: Vec<_> = openings.iter().map(|opening| commit(&opening.salt, &opening.event)).collect();
    let in_place = (0..).zip(&entries).map(|(index, commitment)| Entry { index, commitment: *commitment });
    let leaves: Vec<_> = in_place.map(|entry| entry.leaf_hash()).collect();
    let (size, root) = (entries.len() as u64, root(&leaves));
    let (issuer, subject) = ("https://acta.example".to_owned(), subject.to_owned());
    let head = issue_head(&signer, &HeadClaims { issuer, subject, issued_at: 0, size, root, state });
    openings.truncate(opened);
    let (kind, person_keys) = (ProofKind::Public, Vec::new());
    let draft = Draft { kind, head, entries, openings, person_keys, issued_at: 0 };
    let file = build(&signer, draft).expect("the draft is a valid one").encode();
    verify_file(&file, &VerifyOptions::default()).expect("the format knows no event types")
}

const SESSION: [(&str, &str); 2] = [(CREATED, CREATED_JSON), (SEALED, SEALED_JSON)];

#[test]
fn the_record_of_the_named_session_that_ends_with_its_seal_is_accepted() {
    let said = check(&report(NAME, HeadState::Closed, &SESSION, 2)).unwrap();
    assert_eq!(said.len(), 2);
}

#[test]
fn an_open_record_needs_no_seal() {
    let said = check(&report(NAME, HeadState::Open, &SESSION[..1], 1)).unwrap();
    assert_eq!(said, ["The session was created under the name that stands in the head."]);
}

#[test]
fn the_record_of_a_session_of_another_name_is_refused() {
    let refused = check(&report("urn:acta:s:another", HeadState::Closed, &SESSION, 2));
    let Err(SessionFailure::OtherSession { index: 0, created, signed }) = refused else {
        panic!("another session is named")
    };
    assert_eq!((created.as_str(), signed.as_str()), (NAME, "urn:acta:s:another"));
}

#[test]
fn a_closed_record_without_its_opened_seal_at_the_end_is_refused() {
    let [created, sealed] = SESSION;
    let after_the_seal = [created, sealed, ("session.ended.v1", "{}")];
    for (events, opened) in [(&SESSION[..1], 1), (&SESSION[..], 1), (&after_the_seal[..], 3)] {
        let refused = check(&report(NAME, HeadState::Closed, events, opened));
        assert!(matches!(refused, Err(SessionFailure::NotSealed)), "{opened} of {events:?}");
    }
}

#[test]
fn an_unreadable_creation_is_refused() {
    let refused = check(&report(NAME, HeadState::Open, &[(CREATED, r#"{"public_id":7}"#)], 1));
    assert!(matches!(refused, Err(SessionFailure::Unreadable { index: 0, .. })));
}

#[test]
fn a_file_that_opens_no_creation_says_that_the_name_was_not_checked() {
    let said = check(&report("urn:acta:s:another", HeadState::Open, &SESSION, 0)).unwrap();
    assert!(said[0].contains("was not checked"));
}

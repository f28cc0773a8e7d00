//! Files that somebody put together by hand, signatures and all, because [`build`] refuses to.

use acta_proof::CoseError;
use acta_proof::cbor::{Value, decode, encode};
use acta_proof::commitment::commit;
use acta_proof::event::{EventError, EventStatement};
use acta_proof::file::{FileError, ProofFile, ProofKind, build};
use acta_proof::head::{HeadClaims, HeadError, JwsError, issue_head, verify_head_jws};
use acta_proof::key::{Signer, SigningKey};
use acta_proof::verify::{VerifyFailure, VerifyOptions, verify_file};
use sha2::{Digest as _, Sha256};

use crate::session::{
    ISSUER, SUBJECT, claims, commitments, draft, event, events, file, issuer, opening, person_key,
};

fn mallory() -> SigningKey {
    SigningKey::from_seed(&[0x66; 32])
}

fn map(pairs: Vec<(i64, Value)>) -> Value {
    Value::Map(pairs.into_iter().map(|(label, value)| (Value::from(label), value)).collect())
}

fn bytes(bytes: impl Into<Vec<u8>>) -> Value {
    Value::Bytes(bytes.into())
}

/// A table of contents that fits the file in everything, whoever signs it.
fn contents(signer: &dyn Signer, file: &ProofFile) -> Vec<u8> {
    let encoded = decode(&file.encode()).unwrap();
    let digest = |label: usize| {
        let (_, field) = &encoded.as_map().unwrap()[label - 1];
        bytes(Sha256::digest(field.as_bytes().unwrap()).to_vec())
    };
    let about = map(vec![(1, ISSUER.into()), (2, SUBJECT.into()), (6, 1_780_000_200.into())]);
    let typ = "application/vnd.acta.proof-contents+cbor";
    let kid = bytes(signer.verifying_key().id().0);
    let protected = encode(&map(vec![(1, (-8).into()), (4, kid), (15, about), (16, typ.into())]));
    let head = claims(&file.entries);
    let dossier = u8::from(file.kind == ProofKind::Dossier);
    let payload = encode(&map(vec![
        (1, dossier.into()),
        (2, head.size.into()),
        (3, bytes(head.root.0)),
        (4, digest(6)),
        (5, digest(8)),
        (6, digest(3)),
    ]));
    let to_be_signed = ["Signature1".into(), bytes(protected.clone()), bytes([]), bytes(payload.clone())];
    let signature = signer.sign(&encode(&Value::Array(to_be_signed.into())));
    let statement = vec![bytes(protected), map(vec![]), bytes(payload), bytes(signature)];
    encode(&Value::Tag(18, Box::new(Value::Array(statement))))
}

/// The file with these keys in it, however many.
fn with_keys(file: &ProofFile, keys: &[SigningKey]) -> Vec<u8> {
    let mut encoded = decode(&file.encode()).unwrap();
    let keys = keys.iter().map(|key| bytes(key.verifying_key().to_bytes())).collect();
    encoded.as_map_mut().unwrap()[6].1 = Value::Array(keys);
    encode(&encoded)
}

fn verify(bytes: &[u8]) -> Result<(), VerifyFailure> {
    verify_file(bytes, &VerifyOptions::default()).map(|_| ())
}

#[test]
fn contents_put_together_by_hand_are_those_that_the_issuer_signs() {
    for kind in [ProofKind::Public, ProofKind::Dossier] {
        let genuine = file(kind, 6);
        assert!(contents(&issuer(), &genuine) == genuine.contents, "{kind:?}");
    }
}

#[test]
fn contents_that_a_second_key_signed_are_refused() {
    for kind in [ProofKind::Public, ProofKind::Dossier] {
        let mut forged = file(kind, 6);
        forged.openings.truncate(1);
        forged.contents = contents(&mallory(), &forged);
        assert_eq!(verify(&forged.encode()), Err(VerifyFailure::Keys));
        let both = with_keys(&forged, &[issuer(), mallory()]);
        assert_eq!(verify(&both), Err(VerifyFailure::File(FileError::KeyCount { found: 2 })));
    }
}

#[test]
fn a_file_holds_exactly_one_key() {
    let genuine = file(ProofKind::Public, 3);
    for (keys, found) in
        [(vec![], 0), (vec![issuer(), issuer()], 2), (vec![issuer(), mallory()], 2), (vec![issuer(); 3], 3)]
    {
        let refused = verify(&with_keys(&genuine, &keys));
        assert_eq!(refused, Err(VerifyFailure::File(FileError::KeyCount { found })));
    }
}

#[test]
fn one_key_listed_for_two_persons_is_refused() {
    let mut forged = file(ProofKind::Dossier, 6);
    forged.person_keys.insert(0, ("p-0".into(), person_key(1)));
    forged.contents = contents(&issuer(), &forged);
    let refused = verify(&forged.encode());
    assert_eq!(refused, Err(VerifyFailure::PersonKeyShared { subject: "p-0".into() }));
}

#[test]
fn the_head_of_a_session_without_events_is_refused() {
    let mut empty = file(ProofKind::Dossier, 1);
    (empty.entries, empty.openings, empty.person_keys) = (vec![], vec![], vec![]);
    empty.head = issue_head(&issuer(), &claims(&[]));
    empty.contents = contents(&issuer(), &empty);
    assert_eq!(verify(&empty.encode()), Err(VerifyFailure::NoEvents));
}

const ON_ONE_LINE: [&str; 6] = ["a b", "a\nProven: nothing", "a\u{1b}[8m", "a\u{7f}", "a\u{2028}", ""];

#[test]
fn an_issuer_or_subject_that_could_not_be_shown_is_refused_in_both_forms() {
    let long = "a".repeat(256);
    let genuine = claims(&commitments(&events(6)));
    for name in ON_ONE_LINE.into_iter().chain([long.as_str()]) {
        let issuer = HeadClaims { issuer: name.into(), ..genuine.clone() };
        let subject = HeadClaims { subject: name.into(), ..genuine.clone() };
        for (claim, hostile) in [("iss", issuer), ("sub", subject)] {
            let mut forged = file(ProofKind::Public, 6);
            forged.head = issue_head(&mallory(), &hostile);
            let refused = HeadError::Statement(CoseError::Claim { claim });
            assert_eq!(verify(&forged.encode()), Err(VerifyFailure::Head(refused)), "{name:?}");
            let jws = verify_head_jws(&forged.head.jws, &mallory().verifying_key());
            assert_eq!(jws, Err(JwsError::Claims), "{name:?}");
        }
    }
}

#[test]
fn what_a_file_says_is_shown_in_quotes_and_escaped() {
    let mut hostile = events(6);
    hostile[4] = EventStatement { aggregate_id: "s\u{1b}[8m\nProven".into(), ..event(4) };
    let bytes = build(&issuer(), draft(ProofKind::Dossier, &hostile)).unwrap().encode();
    let said = verify(&bytes).unwrap_err().to_string();
    assert!(said.contains(r#""session s\u{1b}[8m\nProven""#), "{said}");
    assert!(!said.contains(char::is_control), "{said}");

    let subject = HeadClaims { subject: "s\u{202e}\u{200b}".into(), ..claims(&commitments(&events(6))) };
    let mut draft = draft(ProofKind::Public, &events(6));
    draft.head = issue_head(&issuer(), &subject);
    let bytes = build(&issuer(), draft).unwrap().encode();
    let said = verify_file(&bytes, &VerifyOptions::default()).unwrap().findings[0].what.clone();
    assert!(
        said.contains(r#"session "s\u{202e}\u{200b}" is signed by "https://sessions.example""#),
        "{said}"
    );
}

#[test]
fn an_opened_event_in_another_json_than_the_canonical_one_is_refused() {
    for text in [r#"{"yes":1,"yes":99}"#, " {\"b\":1, \"a\":2}\n", r#""\ud800""#, "7", "[]"] {
        for field in ["payload", "metadata"] {
            let mut changed = event(0);
            let written = if field == "payload" { &mut changed.payload } else { &mut changed.metadata };
            *written = text.as_bytes().to_vec();
            let source = EventError::NotCanonical { field };
            assert_eq!(verify(&with_first_event(&changed)), Err(VerifyFailure::Event { index: 0, source }));
        }
    }
}

/// A dossier of one event, everything in it signed by the issuer.
fn with_first_event(event: &EventStatement) -> Vec<u8> {
    let mut forged = file(ProofKind::Dossier, 1);
    forged.openings = vec![opening(event)];
    forged.entries = vec![commit(&forged.openings[0].salt, &forged.openings[0].event)];
    forged.head = issue_head(&issuer(), &claims(&forged.entries));
    forged.contents = contents(&issuer(), &forged);
    forged.encode()
}

use coset::{CoseSign1, TaggedCborSerializable as _};

use super::*;
use crate::key::SigningKey;

fn key() -> SigningKey {
    SigningKey::from_seed(&[0x11; 32])
}

fn claims() -> HeadClaims {
    HeadClaims {
        issuer: "https://sessions.example".into(),
        subject: "urn:example:s:7QK4M2Z".into(),
        issued_at: 1_780_000_000,
        size: 7,
        root: Hash([7; 32]),
        state: HeadState::Closed,
    }
}

#[test]
fn a_head_verifies_in_both_forms_and_says_the_same() {
    let head = issue_head(&key(), &claims());
    let public = key().verifying_key();
    assert_eq!(verify_head(&head.cose, &public), Ok(claims()));
    assert_eq!(verify_head_jws(&head.jws, &public), Ok(claims()));
    assert_eq!(decode_head_unverified(&head.cose), Ok((public.id(), claims())));
}

#[test]
fn another_cose_library_reads_and_verifies_a_head() {
    let head = issue_head(&key(), &claims());
    let read = CoseSign1::from_tagged_slice(&head.cose).unwrap();
    assert_eq!(read.protected.header.key_id, key().verifying_key().id().0);
    read.verify_signature(b"", |signature, message| {
        let fits = key().verifying_key().verifies(message, signature.try_into().unwrap());
        if fits { Ok(()) } else { Err("signature") }
    })
    .unwrap();
    assert_eq!(read.to_tagged_vec().unwrap(), head.cose);
}

#[test]
fn every_changed_byte_of_either_form_is_refused() {
    let head = issue_head(&key(), &claims());
    let public = key().verifying_key();
    for at in 0..head.cose.len() {
        for flip in 1..=255 {
            let mut changed = head.cose.clone();
            changed[at] ^= flip;
            assert!(verify_head(&changed, &public).is_err(), "byte {at} ^ {flip}");
        }
    }
    for at in 0..head.jws.len() {
        for other in (b' '..=b'~').filter(|other| *other != head.jws.as_bytes()[at]) {
            let mut changed = head.jws.clone().into_bytes();
            changed[at] = other;
            assert!(
                verify_head_jws(str::from_utf8(&changed).unwrap(), &public).is_err(),
                "character {at} as {other}"
            );
        }
    }
}

#[test]
fn another_key_is_named() {
    let head = issue_head(&key(), &claims());
    let other = SigningKey::from_seed(&[0x12; 32]).verifying_key();
    let named = CoseError::OtherKey { found: key().verifying_key().id() };
    assert_eq!(verify_head(&head.cose, &other), Err(HeadError::Statement(named)));
    assert_eq!(verify_head_jws(&head.jws, &other), Err(JwsError::OtherKey { expected: other.id() }));
}

#[test]
fn unprotected_labels_are_refused() {
    let head = issue_head(&key(), &claims());
    let mut read = CoseSign1::from_tagged_slice(&head.cose).unwrap();
    read.unprotected.rest.push((coset::Label::Int(394), crate::cbor::Value::Array(vec![])));
    let refused = verify_head(&read.to_tagged_vec().unwrap(), &key().verifying_key());
    assert_eq!(refused, Err(HeadError::Statement(CoseError::Unprotected)));
}

#[test]
fn the_head_of_an_unknown_version_is_refused() {
    let payload =
        Encoder::new().map(4).int(1).uint(2).int(2).uint(7).int(3).bytes(&[7; 32]).int(4).uint(0).finish();
    let cose = cose::issue(&key(), &KIND, &claims().signed_claims(), &payload, None);
    assert_eq!(verify_head(&cose, &key().verifying_key()), Err(HeadError::Version { found: 2 }));
}

/// A genuine head in everything but the algorithm number.
fn head_with_algorithm(alg: i64) -> Vec<u8> {
    let public = key().verifying_key();
    let issued = issue_head(&key(), &claims()).cose;
    let read = CoseSign1::from_tagged_slice(&issued).unwrap();
    let protected = read.protected.original_data.clone().unwrap();
    let tail = protected.strip_prefix(&[0xa5, 0x01, 0x27]).unwrap();
    let protected = Encoder::new().map(5).int(1).int(alg).raw(tail).finish();
    let payload = read.payload.unwrap();
    let signed =
        Encoder::new().array(4).text("Signature1").bytes(&protected).bytes(&[]).bytes(&payload).finish();
    let signature = key().sign(&signed);
    assert!(public.verifies(&signed, &signature));
    Encoder::new().tag(18).array(4).bytes(&protected).map(0).bytes(&payload).bytes(&signature).finish()
}

#[test]
fn both_numbers_of_the_algorithm_are_accepted_and_no_other() {
    let public = key().verifying_key();
    assert_eq!(verify_head(&head_with_algorithm(-8), &public), Ok(claims()));
    assert_eq!(verify_head(&head_with_algorithm(-19), &public), Ok(claims()));
    let refused = verify_head(&head_with_algorithm(-7), &public);
    assert_eq!(refused, Err(HeadError::Statement(CoseError::Algorithm { alg: -7 })));
}

#[test]
fn a_receipt_or_table_of_contents_is_not_taken_for_a_head() {
    let typ = "application/vnd.acta.proof-contents+cbor";
    let kind = Kind { typ, content_type: None, signed_size: None };
    let cose = cose::issue(&key(), &kind, &claims().signed_claims(), &claims().payload(), None);
    let named = CoseError::OtherType { expected: KIND.typ, found: typ.into() };
    assert_eq!(verify_head(&cose, &key().verifying_key()), Err(HeadError::Statement(named)));
}

use acta_proof::head::{HeadState, issue_head};
use acta_proof::key::{Signer as _, SigningKey};

use super::*;

fn key() -> SigningKey {
    SigningKey::from_seed(&[0x11; 32])
}

fn claims() -> HeadClaims {
    HeadClaims {
        issuer: "https://sessions.example".to_owned(),
        subject: "urn:example:s:7QK4M2Z".to_owned(),
        issued_at: 1_780_000_000,
        size: 7,
        root: Hash([7; 32]),
        state: HeadState::Closed,
    }
}

fn head() -> IssuedHead {
    let HeadClaims { size, state, issued_at, .. } = claims();
    let signed = issue_head(&key(), &claims());
    IssuedHead { size, state, issued_at, key_id: key().verifying_key().id(), signed }
}

#[track_caller]
fn refused(head: &IssuedHead, keys: &[VerifyingKey], why: &str) {
    let said = check_signed(head, keys).unwrap_err();
    assert!(said.contains(why), "{said}");
}

#[test]
fn a_head_of_the_service_is_accepted() {
    let keys = [SigningKey::from_seed(&[0x12; 32]).verifying_key(), key().verifying_key()];
    assert_eq!(check_signed(&head(), &keys), Ok(Signed { size: 7, root: Hash([7; 32]) }));
}

#[test]
fn a_head_under_a_foreign_key_is_refused() {
    refused(
        &head(),
        &[SigningKey::from_seed(&[0x12; 32]).verifying_key()],
        "not among the keys of the service",
    );
}

#[test]
fn a_head_that_was_changed_is_refused() {
    let mut changed = head();
    *changed.signed.cose.last_mut().unwrap() ^= 1;
    refused(&changed, &[key().verifying_key()], "is not valid");
    let mut changed = head();
    changed.signed.jws.pop();
    refused(&changed, &[key().verifying_key()], "is not valid as JWS");
    let mut changed = head();
    changed.signed.cose.clear();
    refused(&changed, &[key().verifying_key()], "cannot be read");
}

#[test]
fn a_head_that_is_kept_as_another_is_refused() {
    let keys = [key().verifying_key()];
    refused(&IssuedHead { size: 8, ..head() }, &keys, "something else");
    refused(&IssuedHead { state: HeadState::Open, ..head() }, &keys, "something else");
    refused(&IssuedHead { issued_at: 1, ..head() }, &keys, "something else");
    refused(&IssuedHead { key_id: acta_proof::key::KeyId([0; 32]), ..head() }, &keys, "is kept as one of");
}

#[test]
fn forms_that_contradict_each_other_are_refused() {
    let other = issue_head(&key(), &HeadClaims { root: Hash([8; 32]), ..claims() });
    let mut mixed = head();
    mixed.signed.jws = other.jws;
    refused(&mixed, &[key().verifying_key()], "one thing as COSE and another as JWS");
}

//! Files that somebody changed after they were signed, with and without care.

use acta_proof::commitment::{Salt, commit};
use acta_proof::file::{ProofFile, ProofKind, build};
use acta_proof::head::{HeadState, issue_head};
use acta_proof::key::{Signer as _, SigningKey};
use acta_proof::verify::{VerifyFailure, VerifyOptions, verify_file};

use crate::session::{claims, commitments, draft, events, file, head, issuer, person_key};

fn refused(bytes: &[u8]) -> bool {
    verify_file(bytes, &VerifyOptions::default()).is_err()
}

#[track_caller]
fn failure(changed: &ProofFile) -> VerifyFailure {
    verify_file(&changed.encode(), &VerifyOptions::default()).unwrap_err()
}

#[test]
fn every_changed_byte_is_refused() {
    for kind in [ProofKind::Public, ProofKind::Dossier] {
        let bytes = file(kind, 5).encode();
        for at in 0..bytes.len() {
            for flip in [0x01, 0x02, 0x20, 0x80, 0xff] {
                let mut changed = bytes.clone();
                changed[at] ^= flip;
                assert!(refused(&changed), "{kind:?}: byte {at} ^ {flip:#x}");
            }
        }
    }
}

#[test]
fn every_shortened_or_lengthened_file_is_refused() {
    let bytes = file(ProofKind::Dossier, 5).encode();
    for length in 0..bytes.len() {
        assert!(refused(&bytes[..length]), "{length} bytes");
    }
    for more in [0x00, 0xa0, 0xf6, 0xff] {
        assert!(refused(&[bytes.as_slice(), &[more]].concat()));
    }
}

#[test]
fn every_missing_or_doubled_byte_is_refused() {
    let bytes = file(ProofKind::Dossier, 3).encode();
    for at in 0..bytes.len() {
        let (mut without, mut doubled) = (bytes.clone(), bytes.clone());
        without.remove(at);
        doubled.insert(at, bytes[at]);
        assert!(refused(&without) && refused(&doubled), "byte {at}");
    }
}

/// Every way to drop, double, swap or append one item of a list.
fn rearranged<T: Clone>(items: &[T], other: &T) -> Vec<Vec<T>> {
    let mut lists = Vec::new();
    for at in 0..items.len() {
        let (mut dropped, mut doubled) = (items.to_vec(), items.to_vec());
        dropped.remove(at);
        doubled.insert(at, items[at].clone());
        lists.extend([dropped, doubled]);
        for with in at + 1..items.len() {
            let mut swapped = items.to_vec();
            swapped.swap(at, with);
            lists.push(swapped);
        }
    }
    lists.push([items, std::slice::from_ref(other)].concat());
    lists
}

#[test]
fn every_dropped_doubled_swapped_or_appended_entry_is_refused() {
    let genuine = file(ProofKind::Public, 6);
    let other = commit(&Salt([9; 32]), b"another");
    for entries in rearranged(&genuine.entries, &other) {
        let changed = ProofFile { entries, ..genuine.clone() };
        let named = failure(&changed);
        assert!(
            matches!(named, VerifyFailure::EntryCount { .. } | VerifyFailure::OtherRoot { .. }),
            "{named}"
        );
    }
}

#[test]
fn every_dropped_doubled_swapped_or_appended_opening_is_refused() {
    for kind in [ProofKind::Public, ProofKind::Dossier] {
        let genuine = file(kind, 6);
        let other = genuine.openings[0].clone();
        for openings in rearranged(&genuine.openings, &other) {
            let changed = ProofFile { openings, ..genuine.clone() };
            assert_eq!(failure(&changed), VerifyFailure::OtherContents { what: "list of openings" });
        }
    }
}

#[test]
fn a_genuine_opening_added_to_a_public_proof_is_refused() {
    let mut changed = file(ProofKind::Public, 6);
    changed.openings = file(ProofKind::Dossier, 6).openings;
    assert_eq!(failure(&changed), VerifyFailure::OtherContents { what: "list of openings" });
}

#[test]
fn a_dropped_added_or_exchanged_person_key_is_refused() {
    let genuine = file(ProofKind::Dossier, 6);
    let one = || ("p-1".to_owned(), person_key(1));
    let two = || ("p-2".to_owned(), person_key(2));
    for person_keys in [vec![], vec![one(), two()], vec![two()], vec![one(), one()]] {
        let changed = ProofFile { person_keys, ..genuine.clone() };
        assert_eq!(failure(&changed), VerifyFailure::OtherContents { what: "list of person keys" });
    }
}

#[test]
fn a_foreign_key_is_refused() {
    let keys = [SigningKey::from_seed(&[0x22; 32]).verifying_key()];
    assert_eq!(failure(&ProofFile { keys, ..file(ProofKind::Public, 3) }), VerifyFailure::Keys);
}

#[test]
fn the_two_forms_of_the_head_must_agree() {
    let mut changed = file(ProofKind::Public, 3);
    let mut open = claims(&changed.entries);
    open.state = HeadState::Open;
    changed.head.jws = issue_head(&issuer(), &open).jws;
    assert_eq!(failure(&changed), VerifyFailure::HeadsDisagree);
}

#[test]
fn another_genuine_head_of_the_same_events_is_refused() {
    let mut changed = file(ProofKind::Public, 3);
    let mut open = claims(&changed.entries);
    open.state = HeadState::Open;
    changed.head = issue_head(&issuer(), &open);
    assert_eq!(failure(&changed), VerifyFailure::OtherContents { what: "head" });
}

#[test]
fn a_shorter_genuine_head_does_not_hide_that_events_were_cut_off() {
    let mut changed = file(ProofKind::Public, 6);
    changed.head = head(4);
    assert_eq!(failure(&changed), VerifyFailure::EntryCount { signed: 4, found: 6 });
    changed.entries.truncate(4);
    assert_eq!(failure(&changed), VerifyFailure::OtherContents { what: "number of events" });
}

#[test]
fn a_dossier_is_not_shown_as_a_public_proof() {
    let changed = ProofFile { kind: ProofKind::Public, ..file(ProofKind::Dossier, 2) };
    assert_eq!(failure(&changed), VerifyFailure::OtherContents { what: "kind of proof" });
}

#[test]
fn the_contents_of_another_session_are_refused() {
    let mut changed = file(ProofKind::Public, 3);
    let mut elsewhere = draft(ProofKind::Public, &events(3));
    let mut claims = claims(&elsewhere.entries);
    claims.subject = "urn:example:s:another".into();
    elsewhere.head = issue_head(&issuer(), &claims);
    changed.contents = build(&issuer(), elsewhere).unwrap().contents;
    assert!(matches!(failure(&changed), VerifyFailure::Contents(_)));
}

#[test]
fn a_file_made_anew_under_another_key_is_refused_by_whoever_brings_the_issuers_key() {
    let thief = SigningKey::from_seed(&[0x66; 32]);
    let mut forged = draft(ProofKind::Dossier, &events(6)[..5]);
    forged.head = issue_head(&thief, &claims(&commitments(&events(5))));
    let bytes = build(&thief, forged).unwrap().encode();
    let options = VerifyOptions { trusted_keys: vec![issuer().verifying_key()], ..VerifyOptions::default() };
    let key_id = thief.verifying_key().id();
    assert_eq!(verify_file(&bytes, &options), Err(VerifyFailure::KeyNotTrusted { key_id }));
}

#[test]
fn another_issuer_than_expected_is_named() {
    let options = VerifyOptions { issuer: Some("https://other.example".into()), ..VerifyOptions::default() };
    let refused = verify_file(&file(ProofKind::Public, 3).encode(), &options);
    assert!(matches!(refused, Err(VerifyFailure::OtherIssuer { .. })));
}

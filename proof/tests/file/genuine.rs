//! Files that must verify, and what the report says of them.

use acta_proof::file::{ProofFile, ProofKind, build};
use acta_proof::head::{HeadClaims, HeadState, issue_head};
use acta_proof::key::{Signer as _, SigningKey};
use acta_proof::verify::{KeyTrust, Personal, VerifyFailure, VerifyOptions, verify_file};

use crate::session::{ISSUER, claims, commitments, draft, events, file, head, issuer, person_key};

fn trusting() -> VerifyOptions<'static> {
    VerifyOptions { trusted_keys: vec![issuer().verifying_key()], ..VerifyOptions::default() }
}

#[test]
fn a_public_proof_verifies_and_opens_no_personal_part() {
    let report = verify_file(&file(ProofKind::Public, 6).encode(), &trusting()).unwrap();
    assert_eq!((report.kind, report.size, report.state), (ProofKind::Public, 6, HeadState::Closed));
    assert_eq!(
        report.events.iter().map(|event| event.statement.session_index).collect::<Vec<_>>(),
        [0, 1, 4, 5]
    );
    assert!(report.events.iter().all(|event| event.personal == Personal::None));
    assert_eq!((report.key_trust, report.key_id), (KeyTrust::Outside, issuer().verifying_key().id()));
}

#[test]
fn a_dossier_opens_every_event_and_counts_what_stays_unreadable() {
    let report = verify_file(&file(ProofKind::Dossier, 6).encode(), &trusting()).unwrap();
    assert_eq!((report.events.len(), report.unreadable_parts), (6, 1));
    let Personal::Opened(json) = &report.events[2].personal else { panic!("person 1 is readable") };
    assert_eq!(json.as_str(), r#"{"name":"Ada"}"#);
    assert_eq!(report.events[3].personal, Personal::Unreadable);
    assert_eq!(report.first_recorded_at, Some(1_780_000_000_000_000));
    assert_eq!(report.last_recorded_at, Some(1_780_000_000_000_005));
}

#[test]
fn a_file_of_every_size_verifies() {
    for size in 1..40 {
        for kind in [ProofKind::Public, ProofKind::Dossier] {
            assert_eq!(verify_file(&file(kind, size).encode(), &trusting()).unwrap().size, size);
        }
    }
}

#[test]
fn a_file_is_read_back_as_it_was_written() {
    let bytes = file(ProofKind::Dossier, 30).encode();
    assert_eq!(ProofFile::decode(&bytes).unwrap().encode(), bytes);
}

#[test]
fn without_a_key_of_ones_own_the_report_says_so() {
    let report = verify_file(&file(ProofKind::Public, 3).encode(), &VerifyOptions::default()).unwrap();
    assert_eq!(report.key_trust, KeyTrust::FileOnly);
    assert!(report.findings[0].what.contains("anybody can make a key"));
}

#[test]
fn the_last_sentence_says_what_is_proven_and_what_not() {
    let report = verify_file(&file(ProofKind::Dossier, 6).encode(), &trusting()).unwrap();
    let conclusion = &report.findings.last().unwrap().what;
    assert!(conclusion.starts_with(
        "Proven: these 6 events of the session up to its close, complete, in this order, unaltered"
    ));
    assert!(conclusion.contains("Not proven: that the issuer showed nobody another version"));
}

#[test]
fn an_older_head_shows_that_history_was_only_appended_to() {
    let bytes = file(ProofKind::Public, 6).encode();
    for size in 0..=6 {
        let older = older_open_head(size);
        let options = VerifyOptions { older_head: Some(&older), ..trusting() };
        let report = verify_file(&bytes, &options).unwrap();
        assert!(report.findings.iter().any(|finding| finding.what.contains("older head you gave")), "{size}");
    }
}

fn older_open_head(size: u64) -> Vec<u8> {
    let claims = HeadClaims { state: HeadState::Open, ..claims(&commitments(&events(size))) };
    issue_head(&issuer(), &claims).cose
}

#[test]
fn the_closing_head_itself_may_be_the_older_head() {
    let bytes = file(ProofKind::Public, 6).encode();
    let options = VerifyOptions { older_head: Some(&head(6).cose), ..trusting() };
    assert!(verify_file(&bytes, &options).is_ok());
}

#[test]
fn one_of_several_trusted_keys_is_enough() {
    let new_key = SigningKey::from_seed(&[0x22; 32]).verifying_key();
    let trusted_keys = vec![new_key, issuer().verifying_key()];
    let options = VerifyOptions { trusted_keys, ..VerifyOptions::default() };
    let report = verify_file(&file(ProofKind::Dossier, 5).encode(), &options).unwrap();
    assert_eq!((report.key_trust, report.key_id), (KeyTrust::Outside, issuer().verifying_key().id()));
}

#[test]
fn an_older_head_from_before_a_rotation_verifies_under_a_trusted_old_key() {
    let new_key = SigningKey::from_seed(&[0x22; 32]);
    let entries = commitments(&events(6));
    let mut later = draft(ProofKind::Dossier, &events(6));
    later.head = issue_head(&new_key, &claims(&entries));
    let bytes = build(&new_key, later).unwrap().encode();
    let older = older_open_head(4);
    let options =
        |trusted_keys| VerifyOptions { trusted_keys, older_head: Some(&older), issuer: Some(ISSUER.into()) };

    assert!(verify_file(&bytes, &options(vec![new_key.verifying_key(), issuer().verifying_key()])).is_ok());
    let key_id = issuer().verifying_key().id();
    let refused = verify_file(&bytes, &options(vec![new_key.verifying_key()]));
    assert_eq!(refused, Err(VerifyFailure::OlderHeadKey { key_id }));
}

#[test]
fn openings_and_person_keys_may_be_given_in_any_order_and_useless_keys_are_left_out() {
    let mut shuffled = draft(ProofKind::Dossier, &events(6));
    shuffled.openings.reverse();
    shuffled.person_keys.insert(0, ("p-9".into(), person_key(9)));
    let built = build(&issuer(), shuffled).unwrap();
    assert_eq!(built.encode(), file(ProofKind::Dossier, 6).encode());
}

//! Files that the issuer itself signed, although something in them is wrong: a verifier trusts no issuer.

use acta_proof::event::EventStatement;
use acta_proof::file::{BuildError, ProofKind, build};
use acta_proof::head::{HeadClaims, HeadState, issue_head};
use acta_proof::key::SigningKey;
use acta_proof::sealed::{SealContext, SealError, SealedPart, seal};
use acta_proof::verify::{VerifyFailure, VerifyOptions, verify_file};

use crate::session::{claims, commitments, draft, event, events, file, head, issuer, part, person_key};

#[track_caller]
fn failure(events: &[EventStatement]) -> VerifyFailure {
    let bytes = build(&issuer(), draft(ProofKind::Dossier, events)).unwrap().encode();
    verify_file(&bytes, &VerifyOptions::default()).unwrap_err()
}

#[track_caller]
fn failure_with_event(at: usize, changed: EventStatement) -> VerifyFailure {
    let mut events = events(6);
    events[at] = changed;
    failure(&events)
}

#[test]
fn an_event_of_another_tenant_or_session_is_named() {
    let tenant = failure_with_event(4, EventStatement { tenant: [9; 16], ..event(4) });
    assert_eq!(tenant, VerifyFailure::EventElsewhere { index: 4, field: "tenant" });
    let session = failure_with_event(4, EventStatement { session: [9; 16], ..event(4) });
    assert_eq!(session, VerifyFailure::EventElsewhere { index: 4, field: "session" });
}

#[test]
fn a_gap_in_an_aggregates_own_stream_is_named() {
    let gap = failure_with_event(4, EventStatement { sequence: 4, ..event(4) });
    let stream = "session s".to_owned();
    assert_eq!(gap, VerifyFailure::SequenceGap { index: 4, stream, expected: 3, found: 4 });
}

#[test]
fn a_stream_that_does_not_begin_at_1_is_named() {
    let gap = failure_with_event(0, EventStatement { sequence: 0, ..event(0) });
    assert!(matches!(gap, VerifyFailure::SequenceGap { index: 0, expected: 1, found: 0, .. }));
}

#[test]
fn an_event_that_names_another_place_is_named() {
    let mut draft = draft(ProofKind::Dossier, &events(6));
    let moved = EventStatement { session_index: 3, ..event(4) }.encode();
    draft.openings[4].event.clone_from(&moved);
    draft.entries[4] = acta_proof::commitment::commit(&draft.openings[4].salt, &moved);
    draft.head = issue_head(&issuer(), &claims(&draft.entries));
    let bytes = build(&issuer(), draft).unwrap().encode();
    let refused = verify_file(&bytes, &VerifyOptions::default());
    assert_eq!(refused, Err(VerifyFailure::EventElsewhere { index: 4, field: "place in the session" }));
}

#[test]
fn a_personal_part_moved_into_another_session_does_not_open() {
    let moved = part(&EventStatement { session: [0x77; 16], ..event(2) }, 1);
    let named = failure_with_event(2, EventStatement { sealed: Some(moved), ..event(2) });
    assert_eq!(named, VerifyFailure::Personal { index: 2, source: SealError::Altered });
}

#[test]
fn a_key_listed_for_another_person_is_refused() {
    let other = SealedPart { subject: "p-7".into(), ..event(2).sealed.unwrap() };
    let mut events = events(6);
    events[5].sealed = Some(other);
    let named = failure(&events);
    assert_eq!(named, VerifyFailure::Personal { index: 5, source: SealError::OtherSubject });
}

#[test]
fn a_draft_that_would_not_verify_is_not_compiled() {
    let dossier = || draft(ProofKind::Dossier, &events(6));
    let key = ("p-1".to_owned(), person_key(1));

    let mut twice = dossier();
    twice.openings.push(twice.openings[2].clone());
    let mut incomplete = dossier();
    incomplete.openings.remove(2);
    let mut exchanged = dossier();
    exchanged.openings[1].event = event(0).encode();
    let mut personal = draft(ProofKind::Public, &events(6));
    personal.openings = dossier().openings;
    let mut with_key = draft(ProofKind::Public, &events(6));
    with_key.person_keys.push(key);
    let mut other_signer = dossier();
    other_signer.head = issue_head(&SigningKey::from_seed(&[0x22; 32]), &claims(&commitments(&events(6))));
    let mut shorter = dossier();
    shorter.head = head(5);

    let built = |draft| build(&issuer(), draft).map(|_| ()).unwrap_err();
    assert_eq!(built(other_signer), BuildError::OtherSigner);
    assert_eq!(built(draft(ProofKind::Dossier, &[])), BuildError::NoEvents);
    assert_eq!(built(twice), BuildError::OpeningIndex { index: 2 });
    assert_eq!(built(incomplete), BuildError::Incomplete);
    assert_eq!(built(exchanged), BuildError::OtherCommitment { index: 1 });
    assert_eq!(built(personal), BuildError::PersonalInPublic);
    assert_eq!(built(with_key), BuildError::PersonalInPublic);
    assert_eq!(built(shorter), BuildError::EntryCount { signed: 5, given: 6 });
}

fn failure_with_older(older: &HeadClaims) -> VerifyFailure {
    let cose = issue_head(&issuer(), older).cose;
    let options = VerifyOptions { older_head: Some(&cose), ..VerifyOptions::default() };
    verify_file(&file(ProofKind::Public, 6).encode(), &options).unwrap_err()
}

#[test]
fn an_older_head_over_another_history_is_refused() {
    let mut changed = events(4);
    changed[1].payload = b"{\"n\":99}".to_vec();
    let older = HeadClaims { state: HeadState::Open, ..claims(&commitments(&changed)) };
    assert_eq!(failure_with_older(&older), VerifyFailure::HistoryChanged { size: 4 });
}

#[test]
fn an_older_head_with_more_events_is_refused() {
    let older = claims(&commitments(&events(7)));
    assert_eq!(failure_with_older(&older), VerifyFailure::OlderHeadLarger { older: 7, now: 6 });
}

#[test]
fn an_older_head_of_another_session_or_issuer_is_refused() {
    let genuine = claims(&commitments(&events(4)));
    let session = HeadClaims { subject: "urn:example:s:another".into(), ..genuine.clone() };
    let issuer = HeadClaims { issuer: "https://other.example".into(), ..genuine };
    for older in [session, issuer] {
        assert_eq!(failure_with_older(&older), VerifyFailure::OlderHeadElsewhere);
    }
}

#[test]
fn a_record_that_was_closed_neither_grows_nor_opens_again() {
    let closed = claims(&commitments(&events(4)));
    assert_eq!(failure_with_older(&closed), VerifyFailure::ReopenedAfterClose { size: 4 });

    let closed = claims(&commitments(&events(6)));
    let mut reopened = draft(ProofKind::Dossier, &events(6));
    reopened.head = issue_head(&issuer(), &HeadClaims { state: HeadState::Open, ..closed.clone() });
    let bytes = build(&issuer(), reopened).unwrap().encode();
    let older = issue_head(&issuer(), &closed).cose;
    let options = VerifyOptions { older_head: Some(&older), ..VerifyOptions::default() };
    assert_eq!(verify_file(&bytes, &options), Err(VerifyFailure::ReopenedAfterClose { size: 6 }));
}

#[test]
fn an_older_head_that_was_issued_later_is_refused() {
    let genuine = claims(&commitments(&events(4)));
    let later = |seconds| HeadClaims {
        state: HeadState::Open,
        issued_at: genuine.issued_at + seconds,
        ..genuine.clone()
    };
    let (older, issued_at) = (genuine.issued_at + 1, genuine.issued_at);
    assert_eq!(failure_with_older(&later(1)), VerifyFailure::IssuedBefore { older, issued_at });

    let same_second = issue_head(&issuer(), &later(0)).cose;
    let options = VerifyOptions { older_head: Some(&same_second), ..VerifyOptions::default() };
    assert!(verify_file(&file(ProofKind::Public, 6).encode(), &options).is_ok());
}

#[test]
fn a_personal_part_that_is_not_canonical_json_is_named() {
    let context = SealContext { tenant: event(2).tenant, session: event(2).session, subject: "p-1" };
    for text in [r#"{"name":"Ada","name":"Eve"}"#, r#"{ "name":"Ada"}"#, r#""Ada""#] {
        let sealed = seal(&person_key(1), [1; 12], &context, text.as_bytes()).unwrap();
        let named = failure_with_event(2, EventStatement { sealed: Some(sealed), ..event(2) });
        assert_eq!(named, VerifyFailure::PersonalNotCanonical { index: 2 }, "{text}");
    }
}

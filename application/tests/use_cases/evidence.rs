use acta_application::evidence::EvidenceError;
use acta_proof::head::HeadState;
use acta_proof::receipt::verify_inclusion_receipt;
use acta_proof::verify::{VerifyOptions, verify_file};

use crate::room::{Room, chunk, command, person, tenant};

#[tokio::test]
async fn the_same_state_gives_the_same_head_and_a_new_event_another() {
    let room = Room::open().await;
    let session = room.active_session().await;
    let head = room.evidence.head(tenant(), session).await.unwrap();
    assert_eq!((head.size, head.state), (3, HeadState::Open));
    assert_eq!(room.evidence.head(tenant(), session).await.unwrap(), head);
    room.let_in(session, person(1)).await;
    assert_eq!(room.evidence.head(tenant(), session).await.unwrap().size, 4);
    assert_eq!(room.evidence.heads(tenant(), session, 0, 10).await.unwrap().len(), 2);
}

#[tokio::test]
async fn the_head_of_a_sealed_session_says_that_it_is_closed() {
    let room = Room::open().await;
    let session = room.active_session().await;
    room.use_cases.end_session(&command(), session).await.unwrap();
    assert_eq!(room.evidence.head(tenant(), session).await.unwrap().state, HeadState::Open);
    room.use_cases.seal_session(&command(), session).await.unwrap();
    assert_eq!(room.evidence.head(tenant(), session).await.unwrap().state, HeadState::Closed);
}

#[tokio::test]
async fn the_public_proof_opens_the_life_cycle_and_holds_no_sealed_part() {
    let room = Room::open().await;
    let session = room.active_session().await;
    room.let_in(session, person(1)).await;
    room.use_cases.add_chunk(&command(), session, chunk("words")).await.unwrap();
    let proof = room.evidence.audit_proof(session).await.unwrap();
    let report = verify_file(&proof.bytes, &VerifyOptions::default()).unwrap();
    let opened: Vec<_> = report.events.iter().map(|event| event.statement.event_type.as_str()).collect();
    assert_eq!(opened, ["session.created.v1", "session.started.v1"]);
    assert!(report.events.iter().all(|event| event.statement.sealed.is_none()));
    assert_eq!(report.size, 5);
}

#[tokio::test]
async fn a_dossier_opens_everything_but_what_was_erased() {
    let room = Room::open().await;
    let session = room.active_session().await;
    room.let_in(session, person(1)).await;
    room.let_in(session, person(2)).await;
    room.use_cases.erase_person(&command(), session, person(1)).await.unwrap();
    let dossier = room.evidence.dossier(tenant(), session).await.unwrap();
    let report = verify_file(&dossier.bytes, &VerifyOptions::default()).unwrap();
    assert_eq!((report.events.len(), report.unreadable_parts), (5, 1));
}

#[tokio::test]
async fn a_proof_verifies_against_a_head_that_was_kept() {
    let room = Room::open().await;
    let session = room.active_session().await;
    let kept = room.evidence.head(tenant(), session).await.unwrap();
    room.let_in(session, person(1)).await;
    let proof = room.evidence.audit_proof(session).await.unwrap();
    let options = VerifyOptions {
        trusted_keys: room.evidence.keys().to_vec(),
        older_head: Some(&kept.signed.cose),
        issuer: Some("http://localhost".to_owned()),
    };
    verify_file(&proof.bytes, &options).unwrap();
}

#[tokio::test]
async fn a_receipt_shows_one_event_and_there_is_none_for_events_that_are_not_there() {
    let room = Room::open().await;
    let session = room.active_session().await;
    let receipt = room.evidence.inclusion_receipt(tenant(), session, 1, None).await.unwrap();
    let shown = verify_inclusion_receipt(&receipt.cose, &receipt.entry, &room.evidence.keys()[0]).unwrap();
    assert_eq!((shown.index, shown.size), (1, 3));
    for (index, size) in [(3, None), (0, Some(4)), (0, Some(0))] {
        let refused = room.evidence.inclusion_receipt(tenant(), session, index, size).await;
        assert!(matches!(refused, Err(EvidenceError::OutOfRange { size: 3, .. })), "{refused:?}");
    }
    let refused = room.evidence.consistency_receipt(tenant(), session, 3, None).await;
    assert!(matches!(refused, Err(EvidenceError::OutOfRange { what: "from", .. })), "{refused:?}");
}

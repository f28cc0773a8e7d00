use acta_application::UseCaseError;
use acta_application::log::{CommandDigest, CommandId, CommandSecret, Position, Sequence};
use acta_application::session::UpdateSession;
use acta_domain::{Modality, SessionError, SessionId};
use uuid::Uuid;

use crate::room::{Room, assembly, command, keyed, tenant, text};

#[tokio::test]
async fn a_session_created_twice_under_one_key_is_one_session() {
    let room = Room::open().await;
    let first = room.use_cases.create_session(&keyed("k", "create"), assembly()).await.unwrap();
    let again = room.use_cases.create_session(&keyed("k", "create"), assembly()).await.unwrap();
    assert_eq!(again.session_id, first.session_id);
    assert_eq!(again.accepted.appended, first.accepted.appended);
    assert!(again.accepted.repeated && !first.accepted.repeated);
    assert_eq!(room.events().await.len(), 2);
}

#[tokio::test]
async fn a_start_sent_twice_under_one_key_is_answered_twice_and_done_once() {
    let room = Room::open().await;
    let session = room.session().await;
    let first = room.use_cases.start_session(&keyed("k", "start"), session).await.unwrap();
    let again = room.use_cases.start_session(&keyed("k", "start"), session).await.unwrap();
    assert_eq!((again.appended, again.repeated), (first.appended, true));
}

#[tokio::test]
async fn a_key_that_was_used_for_something_else_is_refused() {
    let room = Room::open().await;
    let session = room.session().await;
    room.use_cases.start_session(&keyed("k", "start"), session).await.unwrap();
    let refused = room.use_cases.end_session(&keyed("k", "end"), session).await;
    assert!(matches!(refused, Err(UseCaseError::KeyReused)), "{refused:?}");
    assert!(!room.event_types().await.contains(&"session.ended.v1".to_owned()));
}

#[tokio::test]
async fn a_session_of_nobody_is_unknown() {
    let room = Room::open().await;
    let refused = room.use_cases.start_session(&command(), SessionId::new(Uuid::from_u128(5))).await;
    assert!(matches!(refused, Err(UseCaseError::UnknownSession)), "{refused:?}");
}

#[tokio::test]
async fn a_session_of_another_tenant_is_unknown() {
    let room = Room::open().await;
    let session = room.session().await;
    let mut foreign = command();
    foreign.tenant = acta_domain::TenantId::new(Uuid::from_u128(0xbad));
    let refused = room.use_cases.start_session(&foreign, session).await;
    assert!(matches!(refused, Err(UseCaseError::UnknownSession)), "{refused:?}");
}

#[tokio::test]
async fn a_change_made_for_an_older_version_is_refused() {
    let room = Room::open().await;
    let session = room.session().await;
    let change = |version| UpdateSession {
        modality: Some(Modality::Virtual),
        expected_version: Some(Sequence::new(version)),
        ..UpdateSession::default()
    };
    let changed = room.use_cases.update_session(&command(), session, change(2)).await.unwrap();
    assert_eq!(changed.appended.sequence, Sequence::new(3));
    let refused = room.use_cases.update_session(&command(), session, change(2)).await;
    assert!(matches!(refused, Err(UseCaseError::VersionMismatch { expected: 2, actual: 3 })), "{refused:?}");
}

#[tokio::test]
async fn titles_and_reasons_travel_sealed_and_in_events_of_their_own() {
    let room = Room::open().await;
    let session = room.session().await;
    room.use_cases.cancel_session(&command(), session, Some(text("the hall flooded"))).await.unwrap();

    let events = room.events().await;
    let types: Vec<_> =
        events.iter().map(|event| (event.event_type.as_str(), event.sealed.is_some())).collect();
    assert_eq!(
        types,
        [
            ("session.created.v1", false),
            ("session.described.v1", true),
            ("session.cancelled.v1", false),
            ("session.described.v1", true),
        ]
    );
    let reason = events[3].sealed.as_ref().unwrap();
    let opened = room.persons.open(tenant(), session, reason).await.unwrap().unwrap();
    assert_eq!(opened.get("reason"), Some("the hall flooded"));
}

#[tokio::test]
async fn nothing_follows_a_seal() {
    let room = Room::open().await;
    let session = room.active_session().await;
    room.use_cases.end_session(&command(), session).await.unwrap();
    room.use_cases.seal_session(&command(), session).await.unwrap();
    let refused = room.use_cases.seal_session(&command(), session).await;
    assert!(matches!(refused, Err(UseCaseError::Session(SessionError::Sealed))), "{refused:?}");
    let refused = room.use_cases.add_chunk(&command(), session, crate::room::chunk("late")).await;
    assert!(matches!(refused, Err(UseCaseError::WrongState { .. })), "{refused:?}");
}

#[tokio::test]
async fn nothing_in_the_log_lets_anybody_test_guesses_at_a_request_or_a_key() {
    let plain = CommandId::from_cause("k", "create", Position::default());
    let secrets = [CommandSecret::new([1; 32]), CommandSecret::new([2; 32])];
    let named = secrets.each_ref().map(|secret| command().under_key(secret, "k", &[b"create"]));
    assert_ne!(named[0].command_id, named[1].command_id, "an id depends on the secret");
    assert_ne!(named[0].command_digest, named[1].command_digest, "a digest depends on the secret");
    assert_ne!(named[0].command_id, plain);
    let other_key = command().under_key(&secrets[0], "l", &[b"create"]);
    assert_ne!(named[0].command_digest, other_key.command_digest, "a digest depends on the key");
    let unkeyed = command();
    assert_eq!(
        unkeyed.command_digest,
        CommandDigest::of_id(unkeyed.command_id),
        "without a key it says nothing"
    );
}

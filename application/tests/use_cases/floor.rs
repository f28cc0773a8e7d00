use acta_application::UseCaseError;
use acta_application::floor::RequestSpeech;
use acta_domain::{FloorError, Priority, SpeechKind};

use crate::room::{Room, command, keyed, person, tenant, text};

fn speech(number: u128) -> RequestSpeech {
    RequestSpeech {
        person_id: person(number),
        kind: SpeechKind::Speech,
        priority: Priority::default(),
        topic: Some(text("the roof")),
    }
}

#[tokio::test]
async fn only_those_present_can_ask_for_the_floor() {
    let room = Room::open().await;
    let session = room.active_session().await;
    let refused = room.use_cases.request_speech(&command(), session, speech(1)).await;
    assert!(matches!(refused, Err(UseCaseError::Floor(FloorError::NotPresent))), "{:?}", refused.err());
    room.let_in(session, person(1)).await;
    room.use_cases.request_speech(&command(), session, speech(1)).await.unwrap();
}

#[tokio::test]
async fn a_request_sent_twice_under_one_key_has_one_id() {
    let room = Room::open().await;
    let session = room.active_session().await;
    room.let_in(session, person(1)).await;
    let first = room.use_cases.request_speech(&keyed("k", "ask"), session, speech(1)).await.unwrap();
    let again = room.use_cases.request_speech(&keyed("k", "ask"), session, speech(1)).await.unwrap();
    assert_eq!(first.request_id, again.request_id);
}

#[tokio::test]
async fn a_speaker_ends_only_their_own_turn() {
    let room = Room::open().await;
    let session = room.active_session().await;
    room.let_in(session, person(1)).await;
    let request = room.use_cases.request_speech(&command(), session, speech(1)).await.unwrap().request_id;
    room.use_cases.approve_speech(&command(), session, request, None).await.unwrap();
    let refused = room.use_cases.finish_speech(&command(), session, request, Some(person(2))).await;
    assert!(matches!(refused, Err(UseCaseError::NotYours)), "{refused:?}");
    room.use_cases.finish_speech(&command(), session, request, Some(person(1))).await.unwrap();
}

#[tokio::test]
async fn the_reason_of_a_denial_is_sealed_for_the_one_who_asked() {
    let room = Room::open().await;
    let session = room.active_session().await;
    room.let_in(session, person(1)).await;
    let request = room.use_cases.request_speech(&command(), session, speech(1)).await.unwrap().request_id;
    room.use_cases.deny_speech(&keyed("k", "deny"), session, request, Some(text("off topic"))).await.unwrap();
    let sealed = room.events().await.pop().unwrap().sealed.unwrap();
    assert_eq!(sealed.subject, format!("person:{}", person(1)));
    let opened = room.persons.open(tenant(), session, &sealed).await.unwrap().unwrap();
    assert_eq!(opened.get("reason"), Some("off topic"));

    let again =
        room.use_cases.deny_speech(&keyed("k", "deny"), session, request, Some(text("off topic"))).await;
    assert!(again.unwrap().repeated);
}

#[tokio::test]
async fn the_floor_is_closed_before_and_after_the_session() {
    let room = Room::open().await;
    let session = room.session().await;
    room.let_in(session, person(1)).await;
    let early = room.use_cases.request_speech(&command(), session, speech(1)).await;
    assert!(matches!(early, Err(UseCaseError::WrongState { state: "scheduled", .. })), "{:?}", early.err());
    room.use_cases.start_session(&command(), session).await.unwrap();
    room.use_cases.end_session(&command(), session).await.unwrap();
    let late = room.use_cases.request_speech(&command(), session, speech(1)).await;
    assert!(matches!(late, Err(UseCaseError::WrongState { state: "completed", .. })), "{:?}", late.err());
}

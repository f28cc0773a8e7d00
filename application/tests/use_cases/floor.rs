use acta_application::UseCaseError;
use acta_application::floor::{ApproveSpeech, RequestSpeech};
use acta_application::log::contract::moment;
use acta_domain::{
    FloorError, FloorEvent, FloorRules, GroupName, OverriddenRule, Priority, QueuePolicy, SessionId,
    SpeechKind, SpeechRequestId, TimeAccount, TimeBudget, TimeLimit,
};

use crate::room::{Room, command, keyed, person, tenant, text};

fn speech(number: u128) -> RequestSpeech {
    RequestSpeech {
        person_id: person(number),
        kind: SpeechKind::Speech,
        priority: Priority::default(),
        topic: Some(text("the roof")),
    }
}

fn approve(request_id: SpeechRequestId) -> ApproveSpeech {
    ApproveSpeech { request_id, time_limit: None, override_reason: None }
}

fn against_the_rules(request_id: SpeechRequestId, reason: &str) -> ApproveSpeech {
    ApproveSpeech { override_reason: Some(text(reason)), ..approve(request_id) }
}

/// Lets a person in, who asks for the floor.
async fn asks(room: &Room, session: SessionId, number: u128) -> SpeechRequestId {
    room.let_in(session, person(number)).await;
    room.use_cases.request_speech(&command(), session, speech(number)).await.unwrap().request_id
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
    room.use_cases.approve_speech(&command(), session, approve(request)).await.unwrap();
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

#[tokio::test]
async fn the_reason_of_an_override_is_sealed_for_the_one_who_was_called() {
    let room = Room::open().await;
    let session = room.active_session().await;
    let first = asks(&room, session, 1).await;
    let second = asks(&room, session, 2).await;
    let refused = room.use_cases.approve_speech(&command(), session, approve(second)).await;
    let Err(UseCaseError::Floor(FloorError::OutOfTurn { first: named })) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(named, first);

    let input = || against_the_rules(second, "her train leaves");
    let accepted = room.use_cases.approve_speech(&keyed("k", "approve"), session, input()).await.unwrap();
    let events = room.events().await;
    let [.., approved, overridden] = events.as_slice() else { panic!("two events") };
    assert_eq!((accepted.appended.first, accepted.appended.last), (approved.position, overridden.position));
    assert!(approved.sealed.is_none());
    let rules = vec![OverriddenRule::QueueOrder];
    let at = moment(0);
    let expected = FloorEvent::Overridden { request_id: second, person_id: person(2), rules, at };
    assert_eq!(overridden.decode_as::<FloorEvent>().unwrap(), expected);
    let sealed = overridden.sealed.as_ref().unwrap();
    assert_eq!(sealed.subject, format!("person:{}", person(2)));
    let opened = room.persons.open(tenant(), session, sealed).await.unwrap().unwrap();
    assert_eq!(opened.get("reason"), Some("her train leaves"));

    let again = room.use_cases.approve_speech(&keyed("k", "approve"), session, input()).await.unwrap();
    assert!(again.repeated && room.events().await.len() == events.len());
}

#[tokio::test]
async fn a_reason_that_was_not_needed_is_not_kept() {
    let room = Room::open().await;
    let session = room.active_session().await;
    let request = asks(&room, session, 1).await;
    let input = against_the_rules(request, "no reason at all");
    room.use_cases.approve_speech(&command(), session, input).await.unwrap();
    let last = room.events().await.pop().unwrap();
    assert_eq!((last.event_type.as_str(), last.sealed), ("speech.approved.v1", None));
}

#[tokio::test]
async fn a_request_that_is_not_there_cannot_be_approved_against_the_rules() {
    let room = Room::open().await;
    let session = room.active_session().await;
    let nowhere = SpeechRequestId::new(uuid::Uuid::from_u128(9));
    let refused = room.use_cases.approve_speech(&command(), session, against_the_rules(nowhere, "why")).await;
    assert!(matches!(refused, Err(UseCaseError::Floor(FloorError::NoSuchRequest { .. }))), "{refused:?}");
}

#[tokio::test]
async fn rules_groups_and_accounts_are_set_before_and_during_the_session_and_not_afterwards() {
    let room = Room::open().await;
    let session = room.session().await;
    let rules = FloorRules { queue_policy: QueuePolicy::BalanceV1, warning_seconds: None };
    let group = GroupName::parse("left").unwrap();
    let account = TimeAccount::Group(group.clone());
    let limit = TimeBudget::new(600).ok();
    let set = async || {
        let cases = &room.use_cases;
        cases.set_floor_rules(&command(), session, rules).await?;
        cases.assign_group(&command(), session, person(1), Some(group.clone())).await?;
        cases.set_time_account(&command(), session, account.clone(), limit).await
    };
    set().await.unwrap();
    room.use_cases.start_session(&command(), session).await.unwrap();
    set().await.unwrap();
    room.use_cases.end_session(&command(), session).await.unwrap();
    let late = set().await;
    assert!(matches!(late, Err(UseCaseError::WrongState { state: "completed", .. })), "{late:?}");
    let names = room.event_types().await;
    assert_eq!(
        names.iter().filter(|name| name.starts_with("floor.") || name.starts_with("time-")).count(),
        6
    );
}

#[tokio::test]
async fn a_turn_is_paused_and_resumed_and_its_pause_is_not_counted() {
    let room = Room::open().await;
    let session = room.active_session().await;
    let request = asks(&room, session, 1).await;
    let cases = &room.use_cases;
    let limited = ApproveSpeech { time_limit: TimeLimit::new(30).ok(), ..approve(request) };
    cases.approve_speech(&command(), session, limited).await.unwrap();
    room.clock.set(moment(10));
    cases.pause_turn(&command(), session, request).await.unwrap();
    room.clock.set(moment(60));
    let paused = cases.finish_speech_by_clock(&command(), session, request).await;
    assert!(matches!(paused, Err(UseCaseError::Floor(FloorError::TurnPaused { .. }))), "{paused:?}");
    cases.resume_turn(&command(), session, request).await.unwrap();
    room.clock.set(moment(74));
    cases.warn_turn_by_clock(&command(), session, request).await.unwrap();
    room.clock.set(moment(80));
    cases.finish_speech_by_clock(&command(), session, request).await.unwrap();
}

mod accounts;
mod histories;
mod order;
mod time;

use std::collections::{BTreeMap, BTreeSet};

use cqrs_es::Aggregate;
use cqrs_es::test::TestFramework;
use proptest::prelude::*;
use uuid::Uuid;

use super::{Floor, FloorCommand, FloorError, FloorEvent, QueuePolicy, WithdrawnBy};
use crate::ids::SpeechRequestId;
use crate::testing::{at, person};
use crate::values::{ConcurrentTurns, FinishedBy, Priority, SpeechKind, TimeLimit};

fn request_id(number: u8) -> SpeechRequestId {
    SpeechRequestId::new(Uuid::from_u128(1_000 + u128::from(number)))
}

fn turns(number: u64) -> ConcurrentTurns {
    ConcurrentTurns::new(number).expect("a valid value")
}

fn request(number: u8, who: u8, kind: SpeechKind) -> FloorCommand {
    FloorCommand::Request {
        request_id: request_id(number),
        person_id: person(who),
        kind,
        priority: Priority::default(),
        present: true,
        at: at(1),
    }
}

fn requested(number: u8, who: u8, kind: SpeechKind) -> FloorEvent {
    FloorEvent::Requested {
        request_id: request_id(number),
        person_id: person(who),
        kind,
        priority: Priority::default(),
        at: at(1),
    }
}

fn approve(number: u8) -> FloorCommand {
    FloorCommand::Approve {
        request_id: request_id(number),
        time_limit: Some(TimeLimit::new(60).expect("a valid value")),
        concurrent_turns: turns(2),
        overriding: false,
        at: at(10),
    }
}

fn approved(number: u8, who: u8) -> FloorEvent {
    FloorEvent::Approved {
        request_id: request_id(number),
        person_id: person(who),
        time_limit_seconds: Some(TimeLimit::new(60).expect("a valid value")),
        at: at(10),
    }
}

fn withdraw(number: u8, by: WithdrawnBy) -> FloorCommand {
    FloorCommand::Withdraw { request_id: request_id(number), by, at: at(5) }
}

fn withdrawn(number: u8, who: u8) -> FloorEvent {
    FloorEvent::Withdrawn { request_id: request_id(number), person_id: person(who), at: at(5) }
}

fn deny(number: u8) -> FloorCommand {
    FloorCommand::Deny { request_id: request_id(number), at: at(5) }
}

fn denied(number: u8, who: u8) -> FloorEvent {
    FloorEvent::Denied { request_id: request_id(number), person_id: person(who), at: at(5) }
}

fn finish(number: u8, by: FinishedBy, seconds: u32) -> FloorCommand {
    FloorCommand::Finish { request_id: request_id(number), by, at: at(seconds) }
}

fn finished(number: u8, who: u8, by: FinishedBy, seconds: u32) -> FloorEvent {
    let (request_id, person_id) = (request_id(number), person(who));
    FloorEvent::Finished { request_id, person_id, by, at: at(seconds) }
}

fn muted(who: u8) -> FloorEvent {
    FloorEvent::Muted { person_id: person(who), at: at(2) }
}

fn unmuted(who: u8) -> FloorEvent {
    FloorEvent::Unmuted { person_id: person(who), at: at(3) }
}

fn mute(who: u8) -> FloorCommand {
    FloorCommand::Mute { person_id: person(who), at: at(2) }
}

fn unmute(who: u8) -> FloorCommand {
    FloorCommand::Unmute { person_id: person(who), at: at(3) }
}

fn pending() -> Vec<FloorEvent> {
    vec![requested(1, 1, SpeechKind::Speech)]
}

fn speaking() -> Vec<FloorEvent> {
    [pending(), vec![approved(1, 1)]].concat()
}

#[track_caller]
fn accepted(given: Vec<FloorEvent>, when: FloorCommand, then: FloorEvent) {
    TestFramework::<Floor>::with(()).given(given).when(when).then_expect_events(vec![then]);
}

#[track_caller]
fn refused(given: Vec<FloorEvent>, when: FloorCommand, then: FloorError) {
    TestFramework::<Floor>::with(()).given(given).when(when).then_expect_error(then);
}

fn folded(events: Vec<FloorEvent>) -> Floor {
    let mut floor = Floor::default();
    for event in events {
        floor.apply(event);
    }
    floor
}

#[test]
fn somebody_in_the_room_can_ask_for_the_floor() {
    accepted(vec![], request(1, 1, SpeechKind::Reply), requested(1, 1, SpeechKind::Reply));
}

#[test]
fn somebody_outside_cannot_ask_for_the_floor() {
    let outside = FloorCommand::Request {
        request_id: request_id(1),
        person_id: person(1),
        kind: SpeechKind::Speech,
        priority: Priority::default(),
        present: false,
        at: at(1),
    };
    refused(vec![], outside, FloorError::NotPresent);
}

#[test]
fn a_muted_person_can_ask_for_the_floor() {
    let kind = SpeechKind::Speech;
    accepted(vec![muted(1)], request(1, 1, kind), requested(1, 1, kind));
}

#[test]
fn a_person_has_one_open_request_of_a_kind() {
    let kind = SpeechKind::Speech;
    let error = FloorError::AlreadyRequested { kind, request_id: request_id(1) };
    refused(pending(), request(2, 1, kind), error.clone());
    refused(speaking(), request(2, 1, kind), error);
    let other = SpeechKind::PointOfOrder;
    accepted(pending(), request(2, 1, other), requested(2, 1, other));
    accepted([pending(), vec![denied(1, 1)]].concat(), request(2, 1, kind), requested(2, 1, kind));
}

#[test]
fn the_id_of_an_open_request_is_taken() {
    let error = FloorError::RequestIdTaken { request_id: request_id(1) };
    refused(pending(), request(1, 2, SpeechKind::Speech), error);
}

#[test]
fn a_request_is_withdrawn_by_the_requester_or_the_chair() {
    accepted(pending(), withdraw(1, WithdrawnBy::Person(person(1))), withdrawn(1, 1));
    accepted(pending(), withdraw(1, WithdrawnBy::Chair), withdrawn(1, 1));
    let stranger = WithdrawnBy::Person(person(2));
    refused(pending(), withdraw(1, stranger), FloorError::NotTheRequester);
}

#[test]
fn only_a_pending_request_can_be_withdrawn_approved_or_denied() {
    for command in [withdraw(1, WithdrawnBy::Chair), approve(1), deny(1)] {
        let request_id = request_id(1);
        refused(vec![], command.clone(), FloorError::NoSuchRequest { request_id });
        refused(speaking(), command.clone(), FloorError::NotPending { request_id });
        let gone = [pending(), vec![withdrawn(1, 1)]].concat();
        refused(gone, command, FloorError::NoSuchRequest { request_id });
    }
}

#[test]
fn an_approved_request_has_the_floor_until_its_time_is_up() {
    accepted(pending(), approve(1), approved(1, 1));
    let turn = folded(speaking()).turns().next().expect("a turn");
    assert_eq!((turn.request_id, turn.person_id), (request_id(1), person(1)));
    assert_eq!((turn.since, turn.until), (at(10), Some(at(70))));
}

#[test]
fn a_pending_request_can_be_denied() {
    accepted(pending(), deny(1), denied(1, 1));
}

#[test]
fn a_muted_person_cannot_be_given_a_turn() {
    refused([pending(), vec![muted(1)]].concat(), approve(1), FloorError::Muted);
    accepted([pending(), vec![muted(1), unmuted(1)]].concat(), approve(1), approved(1, 1));
}

#[test]
fn a_person_has_one_turn_at_a_time() {
    let given = [speaking(), vec![requested(2, 1, SpeechKind::Reply)]].concat();
    refused(given, approve(2), FloorError::AlreadySpeaking);
}

#[test]
fn no_more_turns_are_given_than_may_be_at_once() {
    let given = [
        speaking(),
        vec![requested(2, 2, SpeechKind::Speech), approved(2, 2)],
        vec![requested(3, 3, SpeechKind::PointOfOrder)],
    ]
    .concat();
    let error = FloorError::FloorTaken { concurrent_turns: turns(2) };
    refused(given.clone(), approve(3), error);
    let freed = [given, vec![finished(1, 1, FinishedBy::Chair, 20)]].concat();
    accepted(freed, approve(3), approved(3, 3));
}

#[test]
fn the_speaker_and_the_chair_can_end_a_turn_at_any_time() {
    for by in [FinishedBy::Speaker, FinishedBy::Chair] {
        accepted(speaking(), finish(1, by, 11), finished(1, 1, by, 11));
    }
}

#[test]
fn the_clock_can_end_a_turn_only_when_its_time_is_up() {
    let clock = FinishedBy::Clock;
    refused(speaking(), finish(1, clock, 69), FloorError::TimeNotUp { until: at(70) });
    accepted(speaking(), finish(1, clock, 70), finished(1, 1, clock, 70));
}

#[test]
fn the_clock_cannot_end_a_turn_without_a_time_limit() {
    let unlimited = FloorEvent::Approved {
        request_id: request_id(1),
        person_id: person(1),
        time_limit_seconds: None,
        at: at(10),
    };
    let given = [pending(), vec![unlimited]].concat();
    refused(given, finish(1, FinishedBy::Clock, 9_999), FloorError::NoTimeLimit);
}

#[test]
fn only_a_turn_can_be_finished() {
    let request_id = request_id(1);
    let finish = finish(1, FinishedBy::Chair, 20);
    refused(pending(), finish.clone(), FloorError::NotSpeaking { request_id });
    refused(vec![], finish.clone(), FloorError::NoSuchRequest { request_id });
    let over = [speaking(), vec![finished(1, 1, FinishedBy::Chair, 20)]].concat();
    refused(over, finish, FloorError::NoSuchRequest { request_id });
}

#[test]
fn a_person_is_muted_and_unmuted_once_each() {
    accepted(vec![], mute(1), muted(1));
    refused(vec![muted(1)], mute(1), FloorError::AlreadyMuted);
    accepted(vec![muted(1)], unmute(1), unmuted(1));
    refused(vec![], unmute(1), FloorError::NotMuted);
}

#[test]
fn muting_a_speaker_does_not_end_the_turn() {
    let floor = folded([speaking(), vec![muted(1)]].concat());
    assert!(floor.is_speaking(person(1)));
    assert!(floor.is_muted(person(1)));
}

#[test]
fn the_open_requests_of_a_person_can_be_found() {
    let floor = folded([speaking(), vec![requested(2, 1, SpeechKind::Reply)]].concat());
    let open: Vec<_> = floor.open_requests_of(person(1)).collect();
    assert_eq!(open, [request_id(1), request_id(2)]);
    assert_eq!(floor.requester(request_id(2)), Some(person(1)));
    assert_eq!(floor.open_requests_of(person(2)).count(), 0);
}

#[test]
fn the_queue_calls_points_of_order_then_replies_then_speeches_in_the_order_of_arrival() {
    let floor = folded(vec![
        requested(9, 1, SpeechKind::Speech),
        requested(3, 2, SpeechKind::Speech),
        requested(4, 3, SpeechKind::Reply),
        requested(5, 4, SpeechKind::PointOfOrder),
    ]);
    assert_eq!(floor.queue(), [5, 4, 9, 3].map(request_id));
}

#[test]
fn a_snapshot_holds_the_whole_floor() {
    let floor = folded([speaking(), vec![muted(2), requested(2, 2, SpeechKind::Reply)]].concat());
    let snapshot = serde_json::to_string(&floor).expect("the state is plain JSON");
    assert_eq!(serde_json::from_str::<Floor>(&snapshot).expect("the state is plain JSON"), floor);
}

const KINDS: &[SpeechKind] = SpeechKind::ALL;

fn any_command() -> impl Strategy<Value = FloorCommand> {
    let number = 0..8_u8;
    let who = 0..4_u8;
    let by = prop::sample::select(FinishedBy::ALL);
    prop_oneof![
        4 => (number.clone(), who.clone(), prop::sample::select(KINDS))
            .prop_map(|(number, who, kind)| request(number, who, kind)),
        1 => (number.clone(), who.clone())
            .prop_map(|(number, who)| withdraw(number, WithdrawnBy::Person(person(who)))),
        4 => number.clone().prop_map(approve),
        1 => number.clone().prop_map(deny),
        2 => (number, by, 11..100_u32)
            .prop_map(|(number, by, seconds)| finish(number, by, seconds)),
        1 => who.clone().prop_map(mute),
        1 => who.prop_map(unmute),
    ]
}

fn any_event() -> impl Strategy<Value = FloorEvent> {
    let number = 0..8_u8;
    let who = 0..4_u8;
    prop_oneof![
        (number.clone(), who.clone(), prop::sample::select(KINDS))
            .prop_map(|(number, who, kind)| requested(number, who, kind)),
        (number.clone(), who.clone()).prop_map(|(number, who)| withdrawn(number, who)),
        (number.clone(), who.clone()).prop_map(|(number, who)| approved(number, who)),
        (number.clone(), who.clone()).prop_map(|(number, who)| denied(number, who)),
        (number.clone(), who.clone()).prop_map(|(number, who)| finished(number, who, FinishedBy::Chair, 11)),
        who.clone().prop_map(muted),
        who.clone().prop_map(unmuted),
        (number.clone(), who.clone(), 0..100_u32).prop_map(|(number, who, seconds)| FloorEvent::Paused {
            request_id: request_id(number),
            person_id: person(who),
            at: at(seconds),
        }),
        (number, who.clone(), 0..100_u32).prop_map(|(number, who, seconds)| FloorEvent::Resumed {
            request_id: request_id(number),
            person_id: person(who),
            at: at(seconds),
        }),
        prop::sample::select(QueuePolicy::ALL).prop_map(|queue_policy| FloorEvent::RulesSet {
            queue_policy,
            warning_seconds: None,
            at: at(3),
        }),
    ]
}

/// A second, slower account of the floor, kept from the events alone.
#[derive(Default)]
struct Account {
    states: BTreeMap<SpeechRequestId, &'static str>,
    muted: BTreeSet<crate::ids::PersonId>,
}

impl Account {
    fn note(&mut self, event: &FloorEvent) {
        let (request_id, before, after) = match event {
            FloorEvent::Requested { request_id, .. } => (request_id, None, Some("pending")),
            FloorEvent::Withdrawn { request_id, .. } | FloorEvent::Denied { request_id, .. } => {
                (request_id, Some("pending"), None)
            }
            FloorEvent::Approved { request_id, person_id, .. } => {
                assert!(!self.muted.contains(person_id), "a muted person was given a turn");
                (request_id, Some("pending"), Some("speaking"))
            }
            FloorEvent::Finished { request_id, .. } => (request_id, Some("speaking"), None),
            FloorEvent::Muted { person_id, .. } => {
                assert!(self.muted.insert(*person_id), "muted twice");
                return;
            }
            FloorEvent::Unmuted { person_id, .. } => {
                assert!(self.muted.remove(person_id), "unmuted twice");
                return;
            }
            _ => return,
        };
        assert_eq!(self.states.remove(request_id), before, "a request was in another state");
        self.states.extend(after.map(|state| (*request_id, state)));
    }

    fn speaking(&self) -> usize {
        self.states.values().filter(|state| **state == "speaking").count()
    }
}

proptest! {
    #[test]
    fn any_commands_keep_turns_allowed_and_requests_in_one_state(
        commands in prop::collection::vec(any_command(), 0..120)
    ) {
        let mut floor = Floor::default();
        let mut account = Account::default();
        for command in commands {
            let Ok(events) = floor.decide(command) else { continue };
            for event in events {
                account.note(&event);
                floor.apply(event);
            }
            prop_assert!(account.speaking() <= 2);
            prop_assert_eq!(floor.turns().count(), account.speaking());
            prop_assert_eq!(floor.turns().count() + floor.pending().count(), account.states.len());
        }
    }

    #[test]
    fn any_events_fold_and_every_pending_request_is_in_the_queue_once(
        events in prop::collection::vec(any_event(), 0..120)
    ) {
        let floor = folded(events);
        let queue: BTreeSet<_> = floor.queue().into_iter().collect();
        let pending: BTreeSet<_> = floor.pending().map(|request| request.request_id).collect();
        prop_assert_eq!(floor.queue().len(), queue.len());
        prop_assert_eq!(queue, pending);
    }
}

//! Who is called first, and how the chair does otherwise.

use super::*;
use crate::floor::{FloorRules, OverriddenRule, QueuePolicy, TimeAccount};
use crate::values::GroupName;

fn balance() -> FloorEvent {
    FloorEvent::RulesSet { queue_policy: QueuePolicy::BalanceV1, warning_seconds: None, at: at(1) }
}

fn overriding(number: u8) -> FloorCommand {
    FloorCommand::Approve {
        request_id: request_id(number),
        time_limit: Some(TimeLimit::new(60).expect("a valid value")),
        concurrent_turns: turns(2),
        overriding: true,
        at: at(10),
    }
}

fn overridden(number: u8, who: u8) -> FloorEvent {
    let rules = vec![OverriddenRule::QueueOrder];
    FloorEvent::Overridden { request_id: request_id(number), person_id: person(who), rules, at: at(10) }
}

fn two_wait() -> Vec<FloorEvent> {
    vec![requested(1, 1, SpeechKind::Speech), requested(2, 2, SpeechKind::Speech)]
}

#[test]
fn whoever_is_first_in_the_queue_is_called_first() {
    refused(two_wait(), approve(2), FloorError::OutOfTurn { first: request_id(1) });
    accepted(two_wait(), approve(1), approved(1, 1));
}

#[test]
fn those_who_cannot_be_given_a_turn_now_are_passed_over() {
    accepted([two_wait(), vec![muted(1)]].concat(), approve(2), approved(2, 2));
    let speaks = [requested(3, 1, SpeechKind::Reply), approved(3, 1)];
    accepted([two_wait(), speaks.to_vec()].concat(), approve(2), approved(2, 2));
}

#[test]
fn the_chair_can_call_another_first_with_a_reason_and_that_is_on_record() {
    TestFramework::<Floor>::with(())
        .given(two_wait())
        .when(overriding(2))
        .then_expect_events(vec![approved(2, 2), overridden(2, 2)]);
}

#[test]
fn a_reason_that_was_not_needed_records_no_override() {
    accepted(two_wait(), overriding(1), approved(1, 1));
}

#[test]
fn a_reason_does_not_help_against_a_mute_or_a_taken_floor() {
    refused([pending(), vec![muted(1)]].concat(), overriding(1), FloorError::Muted);
    let twice = [speaking(), vec![requested(2, 1, SpeechKind::Reply)]].concat();
    refused(twice, overriding(2), FloorError::AlreadySpeaking);
}

#[test]
fn the_rules_hold_from_when_they_are_set() {
    let rules = FloorRules { queue_policy: QueuePolicy::BalanceV1, warning_seconds: None };
    accepted(vec![], FloorCommand::SetRules { rules, at: at(1) }, balance());
    assert_eq!(folded(vec![]).rules(), FloorRules::default());
    assert_eq!(folded(vec![balance()]).rules(), rules);
}

#[test]
fn balance_calls_those_first_whose_group_has_spoken_less() {
    let group =
        |who, name| FloorEvent::GroupAssigned { person_id: person(who), group: Some(name), at: at(1) };
    let name = |text| GroupName::parse(text).expect("a valid value");
    let history = vec![
        balance(),
        group(1, name("left")),
        group(2, name("left")),
        group(3, name("right")),
        requested(1, 1, SpeechKind::Speech),
        approved(1, 1),
        finished(1, 1, FinishedBy::Chair, 40),
        requested(2, 2, SpeechKind::Speech),
        requested(3, 3, SpeechKind::Speech),
        requested(4, 4, SpeechKind::Speech),
        requested(5, 1, SpeechKind::Speech),
    ];
    let floor = folded(history.clone());
    assert_eq!(floor.queue(), [3, 4, 2, 5].map(request_id));
    assert_eq!(floor.spent_ms(&TimeAccount::Group(name("left"))), 30_000);

    let leaves = FloorEvent::GroupAssigned { person_id: person(2), group: None, at: at(41) };
    accepted(
        history.clone(),
        FloorCommand::AssignGroup { person_id: person(2), group: None, at: at(41) },
        leaves.clone(),
    );
    assert_eq!(folded([history, vec![leaves]].concat()).queue(), [2, 3, 4, 5].map(request_id));
}

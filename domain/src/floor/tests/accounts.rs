//! How long people and groups may speak altogether.

use super::*;
use crate::floor::{OverriddenRule, TimeAccount};
use crate::values::{GroupName, TimeBudget};

fn of_person(who: u8) -> TimeAccount {
    TimeAccount::Person(person(who))
}

fn left() -> GroupName {
    GroupName::parse("left").expect("a valid value")
}

fn set(account: TimeAccount, seconds: u64) -> FloorEvent {
    let limit_seconds = Some(TimeBudget::new(seconds).expect("a valid value"));
    FloorEvent::TimeAccountSet { account, limit_seconds, at: at(1) }
}

fn in_left(who: u8) -> FloorEvent {
    FloorEvent::GroupAssigned { person_id: person(who), group: Some(left()), at: at(1) }
}

fn approve_for(seconds: Option<u64>, overriding: bool) -> FloorCommand {
    FloorCommand::Approve {
        request_id: request_id(9),
        time_limit: seconds.map(|seconds| TimeLimit::new(seconds).expect("a valid value")),
        concurrent_turns: turns(2),
        overriding,
        at: at(90),
    }
}

fn given_turn(seconds: Option<u64>) -> FloorEvent {
    FloorEvent::Approved {
        request_id: request_id(9),
        person_id: person(1),
        time_limit_seconds: seconds.map(|seconds| TimeLimit::new(seconds).expect("a valid value")),
        at: at(90),
    }
}

/// Person 1 has spoken for `seconds`, and asks again.
fn spoken(seconds: u32) -> Vec<FloorEvent> {
    let over = finished(1, 1, FinishedBy::Speaker, 10 + seconds);
    [speaking(), vec![over, requested(9, 1, SpeechKind::Speech)]].concat()
}

#[test]
fn an_account_is_set_and_taken_back() {
    let command = |limit| FloorCommand::SetTimeAccount { account: of_person(1), limit, at: at(1) };
    accepted(vec![], command(TimeBudget::new(60).ok()), set(of_person(1), 60));
    let none = FloorEvent::TimeAccountSet { account: of_person(1), limit_seconds: None, at: at(1) };
    accepted(vec![set(of_person(1), 60)], command(None), none.clone());
    accepted(
        [spoken(60), vec![set(of_person(1), 60), none]].concat(),
        approve_for(None, false),
        given_turn(None),
    );
}

#[test]
fn a_turn_is_as_long_as_was_said_and_the_account_allows() {
    let given = [spoken(20), vec![set(of_person(1), 50)]].concat();
    accepted(given.clone(), approve_for(Some(10), false), given_turn(Some(10)));
    accepted(given.clone(), approve_for(Some(60), false), given_turn(Some(30)));
    accepted(given, approve_for(None, false), given_turn(Some(30)));
}

#[test]
fn a_turn_has_at_least_a_second_and_at_most_what_a_turn_may_have() {
    let part = FloorEvent::Finished {
        request_id: request_id(1),
        person_id: person(1),
        by: FinishedBy::Chair,
        at: at(40).minus_micros(1_000),
    };
    let given = [speaking(), vec![part, requested(9, 1, SpeechKind::Speech), set(of_person(1), 30)]].concat();
    accepted(given, approve_for(None, false), given_turn(Some(1)));
    let given = vec![requested(9, 1, SpeechKind::Speech), set(of_person(1), 604_800)];
    accepted(given, approve_for(None, false), given_turn(Some(86_400)));
}

#[test]
fn nobody_is_given_a_turn_whose_account_is_used_up() {
    let error = FloorError::TimeAccountExhausted { account: of_person(1) };
    refused([spoken(30), vec![set(of_person(1), 30)]].concat(), approve_for(Some(10), false), error);
}

#[test]
fn a_group_shares_its_account() {
    let account = TimeAccount::Group(left());
    let mut given =
        vec![in_left(1), in_left(2), set(account.clone(), 30), requested(2, 2, SpeechKind::Speech)];
    given.extend([
        approved(2, 2),
        finished(2, 2, FinishedBy::Chair, 25),
        requested(9, 1, SpeechKind::Speech),
    ]);
    accepted(given.clone(), approve_for(None, false), given_turn(Some(15)));
    given.push(set(account.clone(), 15));
    refused(given, approve_for(None, false), FloorError::TimeAccountExhausted { account });
}

#[test]
fn a_turn_counts_for_the_group_that_the_person_is_in_when_it_ends() {
    let floor = folded([speaking(), vec![in_left(1), finished(1, 1, FinishedBy::Chair, 30)]].concat());
    assert_eq!(floor.spent_ms(&TimeAccount::Group(left())), 20_000);
    assert_eq!(floor.spent_ms(&of_person(1)), 20_000);
}

#[test]
fn a_turn_that_goes_on_does_not_count_yet() {
    assert_eq!(folded(speaking()).spent_ms(&of_person(1)), 0);
}

#[test]
fn the_chair_can_give_more_time_with_a_reason_and_that_is_on_record() {
    let overridden = FloorEvent::Overridden {
        request_id: request_id(9),
        person_id: person(1),
        rules: vec![OverriddenRule::TimeAccount],
        at: at(90),
    };
    for (spent, seconds) in [(30, Some(10)), (30, None), (20, Some(60)), (20, None)] {
        TestFramework::<Floor>::with(())
            .given([spoken(spent), vec![set(of_person(1), 30)]].concat())
            .when(approve_for(seconds, true))
            .then_expect_events(vec![given_turn(seconds), overridden.clone()]);
    }
    let enough = [spoken(20), vec![set(of_person(1), 30)]].concat();
    accepted(enough, approve_for(Some(10), true), given_turn(Some(10)));
}

#[test]
fn an_account_is_written_as_it_is_read() {
    for text in ["person:00000000-0000-0000-0000-000000000001", "group:left-2"] {
        assert_eq!(TimeAccount::parse(text).expect("an account").to_string(), text);
    }
    for text in ["", "person", "person:1", "group:", "group:Left", "left", "team:left"] {
        assert!(TimeAccount::parse(text).is_err(), "{text}");
    }
}

//! What the chair and the clock do.

use acta_domain::values::{GroupName, TimeBudget, WarningTime};
use acta_domain::{FloorRules, OverriddenRule, QueuePolicy, TimeAccount};

use super::*;
use crate::floor::Account;

fn group(name: &str) -> GroupName {
    GroupName::parse(name).unwrap()
}

fn in_group(number: u128, name: &str) -> FloorEvent {
    FloorEvent::GroupAssigned { person_id: person(number), group: Some(group(name)), at: second(1) }
}

fn rules(queue_policy: QueuePolicy) -> FloorEvent {
    FloorEvent::RulesSet { queue_policy, warning_seconds: WarningTime::new(20).ok(), at: second(1) }
}

fn set(account: TimeAccount, seconds: u64) -> FloorEvent {
    let limit_seconds = TimeBudget::new(seconds).ok();
    FloorEvent::TimeAccountSet { account, limit_seconds, at: second(1) }
}

fn paused(at: i64) -> FloorEvent {
    FloorEvent::Paused { request_id: request(1), person_id: person(1), at: second(at) }
}

fn resumed(at: i64) -> FloorEvent {
    FloorEvent::Resumed { request_id: request(1), person_id: person(1), at: second(at) }
}

/// Person 1 has a turn of 60 seconds since second 10.
fn speaking() -> Story {
    Story::default().then(requested(1, SpeechKind::Speech, 1)).then(approved(1, Some(60), 10))
}

#[test]
fn the_queue_follows_the_rules_in_force_and_who_has_spoken() {
    let story = Story::default()
        .then(in_group(1, "left"))
        .then(in_group(2, "left"))
        .then(requested(1, SpeechKind::Speech, 1))
        .then(approved(1, None, 10))
        .then(requested(2, SpeechKind::Speech, 11))
        .then(requested(3, SpeechKind::Speech, 12))
        .then(finished(1, FinishedBy::Chair, 20));
    assert_eq!(waiting(&row(&story)), [person(2), person(3)]);
    let story = story.then(rules(QueuePolicy::BalanceV1));
    assert_eq!(waiting(&row(&story)), [person(3), person(2)]);
    assert_eq!(
        row(&story).rules,
        FloorRules { queue_policy: QueuePolicy::BalanceV1, warning_seconds: WarningTime::new(20).ok() }
    );
    let out = FloorEvent::GroupAssigned { person_id: person(2), group: None, at: second(21) };
    assert_eq!(waiting(&row(&story.then(out))), [person(2), person(3)]);
}

#[test]
fn accounts_are_those_with_a_limit_and_those_that_were_spent_from() {
    let [own, left] = [TimeAccount::Person(person(1)), TimeAccount::Group(group("left"))];
    let idle = TimeAccount::Person(person(2));
    let story = speaking()
        .then(in_group(1, "left"))
        .then(set(left.clone(), 90))
        .then(set(idle.clone(), 30))
        .then(finished(1, FinishedBy::Chair, 25));
    let limit = |seconds| TimeBudget::new(seconds).ok();
    let expected = [
        Account { account: own, limit: None, spent_ms: 15_000 },
        Account { account: idle.clone(), limit: limit(30), spent_ms: 0 },
        Account { account: left, limit: limit(90), spent_ms: 15_000 },
    ];
    assert_eq!(row(&story).accounts(), expected);
    let taken_back =
        FloorEvent::TimeAccountSet { account: idle.clone(), limit_seconds: None, at: second(26) };
    assert_eq!(
        row(&story.then(taken_back)).account(idle.clone()),
        Account { account: idle, limit: None, spent_ms: 0 }
    );
}

#[test]
fn a_paused_turn_has_no_end_until_it_goes_on() {
    let story = speaking().then(paused(30));
    let turn = &row(&story).turns[0];
    assert_eq!((turn.ends_at, turn.paused_since), (None, Some(second(30))));
    let story = story.then(resumed(100));
    let turn = &row(&story).turns[0];
    assert_eq!((turn.ends_at, turn.paused_since), (Some(second(140)), None));
    assert_eq!(turn.spoke_ms(second(110)), 30_000);
    let view = row(&story.then(finished(1, FinishedBy::Clock, 140)));
    assert_eq!(view.speaking_ms[&person(1)], 60_000);
    assert_eq!(view.history[0].outcome, Outcome::Finished { by: FinishedBy::Clock, spoke_ms: 60_000 });
}

#[test]
fn a_turn_says_that_it_was_warned_and_given_against_the_rules() {
    let warned = FloorEvent::Warned {
        request_id: request(1),
        person_id: person(1),
        remaining_seconds: WarningTime::new(12).unwrap(),
        at: second(58),
    };
    let rules = vec![OverriddenRule::QueueOrder];
    let overridden = FloorEvent::Overridden {
        request_id: request(1),
        person_id: person(1),
        rules: rules.clone(),
        at: second(10),
    };
    let view = row(&speaking().then_sealed(overridden, 7).then(warned));
    let [turn] = view.turns.as_slice() else { panic!("one turn") };
    assert_eq!(turn.warned_at, Some(second(58)));
    let overridden = turn.overridden.as_ref().unwrap();
    assert_eq!(overridden.rules, rules);
    assert_eq!(overridden.reason.as_ref().unwrap().0.ciphertext, [7; 3]);
    let json = serde_json::to_string(&view).unwrap();
    assert_eq!(serde_json::from_str::<FloorView>(&json).unwrap(), view);
}

#[test]
fn what_happens_to_a_turn_that_does_not_run_is_poison() {
    assert!(Story::default().then(paused(1)).rows::<Floor>().is_err());
    let over = speaking().then(finished(1, FinishedBy::Chair, 20)).then(resumed(21));
    assert!(over.rows::<Floor>().is_err());
}

#[test]
fn a_row_where_nothing_was_set_is_the_one_that_was_always_kept() {
    let story = speaking().then(requested(2, SpeechKind::Speech, 11));
    let kept = serde_json::to_value(row(&story)).unwrap();
    let members: Vec<_> = kept.as_object().unwrap().keys().collect();
    assert_eq!(members, ["counters", "history", "muted", "position", "queue", "speaking_ms", "turns"]);
    let members: Vec<_> = kept["turns"][0].as_object().unwrap().keys().collect();
    assert_eq!(members, ["approved_at", "ends_at", "request", "time_limit_seconds"]);
    assert_eq!(serde_json::from_value::<FloorView>(kept).unwrap(), row(&story));
}

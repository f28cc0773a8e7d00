//! The clock of a turn: warning, pause, and the end of its time.

use super::*;
use crate::floor::{FloorRules, QueuePolicy, TimeAccount, TurnClock};
use crate::values::WarningTime;

fn warn(seconds: u32) -> FloorCommand {
    FloorCommand::Warn { request_id: request_id(1), at: at(seconds) }
}

fn warned(remaining: u64, seconds: u32) -> FloorEvent {
    let remaining_seconds = WarningTime::new(remaining).expect("a valid value");
    let (request_id, person_id) = (request_id(1), person(1));
    FloorEvent::Warned { request_id, person_id, remaining_seconds, at: at(seconds) }
}

fn paused(seconds: u32) -> FloorEvent {
    FloorEvent::Paused { request_id: request_id(1), person_id: person(1), at: at(seconds) }
}

fn resumed(seconds: u32) -> FloorEvent {
    FloorEvent::Resumed { request_id: request_id(1), person_id: person(1), at: at(seconds) }
}

fn pause(seconds: u32) -> FloorCommand {
    FloorCommand::Pause { request_id: request_id(1), at: at(seconds) }
}

fn resume(seconds: u32) -> FloorCommand {
    FloorCommand::Resume { request_id: request_id(1), at: at(seconds) }
}

fn warning_of(seconds: u64) -> FloorEvent {
    let warning_seconds = WarningTime::new(seconds).ok();
    FloorEvent::RulesSet { queue_policy: QueuePolicy::PriorityV1, warning_seconds, at: at(1) }
}

/// A turn of 60 seconds that began at second 10, and then this.
fn then(events: &[FloorEvent]) -> Vec<FloorEvent> {
    [&speaking(), events].concat()
}

#[test]
fn a_turn_is_warned_when_a_fifth_of_its_time_is_left() {
    refused(speaking(), warn(57), FloorError::WarningNotDue { from: at(58) });
    accepted(speaking(), warn(58), warned(12, 58));
    accepted(speaking(), warn(65), warned(5, 65));
}

#[test]
fn the_rules_say_how_early_a_turn_is_warned() {
    let given = then(&[warning_of(20)]);
    refused(given.clone(), warn(49), FloorError::WarningNotDue { from: at(50) });
    accepted(given, warn(50), warned(20, 50));
    assert_eq!(FloorRules::default().warning(TimeLimit::MAX), WarningTime::new(30).ok());
}

#[test]
fn a_turn_that_is_not_longer_than_the_warning_gets_none() {
    let error = FloorError::NoWarning { request_id: request_id(1) };
    refused(then(&[warning_of(60)]), warn(69), error);
    for (limit, warning) in [(1, None), (4, None), (5, Some(1)), (149, Some(29)), (150, Some(30))] {
        let limit = TimeLimit::new(limit).expect("a valid value");
        assert_eq!(FloorRules::default().warning(limit).map(WarningTime::get), warning);
    }
}

#[test]
fn a_turn_is_warned_once_and_not_when_its_time_is_up() {
    let error = FloorError::NoWarning { request_id: request_id(1) };
    refused(then(&[warned(12, 58)]), warn(59), error.clone());
    refused(then(&[warned(12, 58), paused(59), resumed(70)]), warn(75), error.clone());
    refused(speaking(), warn(70), error);
}

#[test]
fn only_a_turn_with_a_limit_that_runs_is_warned() {
    refused(pending(), warn(58), FloorError::NotSpeaking { request_id: request_id(1) });
    refused(then(&[paused(20)]), warn(58), FloorError::TurnPaused { request_id: request_id(1) });
    let unlimited = FloorEvent::Approved {
        request_id: request_id(1),
        person_id: person(1),
        time_limit_seconds: None,
        at: at(10),
    };
    refused([pending(), vec![unlimited]].concat(), warn(58), FloorError::NoTimeLimit);
}

#[test]
fn a_turn_is_paused_and_goes_on_with_the_rest_of_its_time() {
    accepted(speaking(), pause(30), paused(30));
    let standing = folded(then(&[paused(30)])).turns().next().expect("a turn");
    assert_eq!((standing.until, standing.paused), (None, true));
    accepted(then(&[paused(30)]), resume(100), resumed(100));
    let running = folded(then(&[paused(30), resumed(100)])).turns().next().expect("a turn");
    assert_eq!((running.until, running.paused, running.since), (Some(at(140)), false, at(10)));
}

#[test]
fn a_turn_is_paused_and_resumed_in_turns() {
    let request_id = request_id(1);
    refused(then(&[paused(30)]), pause(31), FloorError::TurnPaused { request_id });
    refused(speaking(), resume(31), FloorError::TurnNotPaused { request_id });
    refused(pending(), pause(31), FloorError::NotSpeaking { request_id });
    refused(vec![], resume(31), FloorError::NoSuchRequest { request_id });
}

#[test]
fn the_clock_does_not_end_a_turn_that_is_paused_and_the_chair_can() {
    let clock = finish(1, FinishedBy::Clock, 1_000);
    refused(then(&[paused(30)]), clock.clone(), FloorError::TurnPaused { request_id: request_id(1) });
    let later = then(&[paused(30), resumed(100)]);
    refused(later.clone(), finish(1, FinishedBy::Clock, 139), FloorError::TimeNotUp { until: at(140) });
    accepted(later, clock, finished(1, 1, FinishedBy::Clock, 1_000));
    for by in [FinishedBy::Chair, FinishedBy::Speaker] {
        accepted(then(&[paused(30)]), finish(1, by, 90), finished(1, 1, by, 90));
    }
}

#[test]
fn a_pause_is_not_spoken_time() {
    let account = TimeAccount::Person(person(1));
    let spent = |events: &[FloorEvent]| folded(then(events)).spent_ms(&account);
    let over = |seconds| finished(1, 1, FinishedBy::Chair, seconds);
    assert_eq!(spent(&[over(40)]), 30_000);
    assert_eq!(spent(&[paused(20), resumed(30), over(40)]), 20_000);
    assert_eq!(spent(&[paused(20), over(40)]), 10_000);
    assert_eq!(spent(&[paused(20), resumed(20), over(20)]), 10_000);
}

#[test]
fn a_clock_that_was_set_back_takes_no_time_away() {
    let limit = TimeLimit::new(60).ok();
    let mut clock = TurnClock::start(at(100), limit);
    clock.pause(at(90));
    assert_eq!((clock.spoke_ms(at(80)), clock.ends_at()), (0, None));
    clock.resume(at(50));
    assert_eq!((clock.spoke_ms(at(60)), clock.ends_at()), (10_000, Some(at(110))));
    clock.pause(at(65));
    clock.resume(at(65));
    assert_eq!((clock.spoke_ms(at(65)), clock.ends_at()), (15_000, Some(at(110))));
}

#[test]
fn a_snapshot_from_before_there_were_rules_is_not_taken_for_a_whole_one() {
    let old = serde_json::json!({ "open": {}, "muted": [], "arrivals": 7 });
    assert!(serde_json::from_value::<Floor>(old).is_err());
    let request = requested(1, 1, SpeechKind::Speech);
    let whole = serde_json::to_value(folded(vec![request, warning_of(20), paused(3)]));
    assert!(serde_json::from_value::<Floor>(whole.expect("the state is plain JSON")).is_ok());
}

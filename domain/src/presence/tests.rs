//! Given these signals, when these come, then …

use uuid::Uuid;

use super::*;
use crate::attendance::AttendanceEvent;
use crate::ids::ChannelId;
use crate::testing::{at, person};
use crate::values::{AttendanceMethod, RefusalReason, Sign, SignalSource};
use cqrs_es::Aggregate as _;

fn signal(who: u8, channel: u128, sign: Sign, seconds: u32) -> Signal {
    Signal {
        person_id: person(who),
        observed_at: at(seconds),
        source: SignalSource::Socket,
        channel: ChannelId::new(Uuid::from_u128(channel)),
        sign,
    }
}

fn note(signals: Vec<Signal>) -> PresenceCommand {
    PresenceCommand::Note { signals, at: at(100) }
}

fn given(signals: Vec<Signal>) -> PresenceRecord {
    let mut record = PresenceRecord::default();
    record.apply(PresenceEvent::Signalled { signals, at: at(0) });
    record
}

#[test]
fn signals_are_kept_once_and_what_is_known_is_left_out() {
    let (known, new) = (signal(1, 1, Sign::Arrived, 1), signal(1, 1, Sign::Departed, 2));
    let events = given(vec![known]).decide(note(vec![new, known, new])).unwrap();
    assert_eq!(events, [PresenceEvent::Signalled { signals: vec![new], at: at(100) }]);
}

#[test]
fn signals_that_are_all_known_are_nothing_new() {
    let known = signal(1, 1, Sign::Arrived, 1);
    assert_eq!(given(vec![known]).decide(note(vec![known])), Err(PresenceError::NothingNew));
    assert_eq!(PresenceRecord::default().decide(note(Vec::new())), Err(PresenceError::NothingNew));
}

#[test]
fn more_signals_than_an_event_holds_are_refused() {
    let most = u32::try_from(MOST_SIGNALS).unwrap();
    let many: Vec<_> = (0..=most).map(|second| signal(1, 1, Sign::Arrived, second)).collect();
    assert!(PresenceRecord::default().decide(note(many[1..].to_vec())).is_ok());
    let refusal = PresenceRecord::default().decide(note(many));
    assert_eq!(refusal, Err(PresenceError::TooMany { signals: MOST_SIGNALS + 1 }));
}

#[test]
fn a_channel_is_open_until_the_departure_that_is_later() {
    let signals = vec![
        signal(1, 1, Sign::Departed, 5),
        signal(1, 1, Sign::Arrived, 2),
        signal(1, 2, Sign::Arrived, 3),
        signal(2, 3, Sign::Departed, 3),
        signal(2, 3, Sign::Arrived, 7),
    ];
    let record = given(signals);
    let open: Vec<_> = record.open_channels(SignalSource::Socket).collect();
    let channel = |number| ChannelId::new(Uuid::from_u128(number));
    assert_eq!(open, [(person(1), channel(2), at(3)), (person(2), channel(3), at(7))]);
    assert_eq!(record.open_channels(SignalSource::Provider).count(), 0);
}

#[test]
fn whoever_is_let_in_or_leaves_is_a_signal_of_the_one_door_and_nothing_else_of_attendance_is() {
    let (person_id, method) = (person(1), AttendanceMethod::Qr);
    let let_in =
        AttendanceEvent::Validated { person_id, method, evidence: None, voting_weight: None, at: at(1) };
    let left = AttendanceEvent::Left { person_id, at: at(2) };
    let back =
        AttendanceEvent::Returned { person_id, method: AttendanceMethod::Manual, evidence: None, at: at(3) };
    let refused =
        AttendanceEvent::Refused { person_id, method, reason: RefusalReason::NotEligible, at: at(4) };
    let seen = [let_in, left, back, refused].map(|event| Signal::of_attendance(&event));
    let door = |sign, second| Some(Signal::at_door(person_id, sign, at(second)));
    assert_eq!(seen, [door(Sign::Arrived, 1), door(Sign::Departed, 2), door(Sign::Arrived, 3), None]);
}

use acta_domain::{ChannelId, PersonId, SessionId, Timestamp};
use uuid::Uuid;

use super::absences::{Absences, Socket};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(1_800_000_000_000_000 + seconds * 1_000_000).unwrap()
}

fn person(number: u128) -> PersonId {
    PersonId::new(Uuid::from_u128(number))
}

fn session() -> SessionId {
    SessionId::new(Uuid::from_u128(1))
}

fn socket(number: u128) -> Socket {
    Socket { person: person(number), channel: ChannelId::new(Uuid::from_u128(0x50 + number)), came: at(0) }
}

#[test]
fn whoever_is_connected_is_not_missed() {
    let mut absences = Absences::default();
    for second in [10, 20, 30] {
        assert_eq!(absences.see(session(), &[socket(1)], &[person(1)], at(second)), []);
    }
}

#[test]
fn whoever_is_missed_for_ten_seconds_left_when_they_were_first_missed() {
    let mut absences = Absences::default();
    let open = [socket(1), socket(2)];
    assert_eq!(absences.see(session(), &open, &[person(2)], at(10)), []);
    assert_eq!(absences.see(session(), &open, &[person(2)], at(15)), []);
    assert_eq!(absences.see(session(), &open, &[person(2)], at(20)), [(socket(1), at(10))]);
}

#[test]
fn whoever_is_back_in_time_was_not_gone() {
    let mut absences = Absences::default();
    assert_eq!(absences.see(session(), &[socket(1)], &[], at(10)), []);
    assert_eq!(absences.see(session(), &[socket(1)], &[person(1)], at(15)), []);
    assert_eq!(absences.see(session(), &[socket(1)], &[], at(25)), []);
    assert_eq!(absences.see(session(), &[socket(1)], &[], at(30)), []);
}

#[test]
fn nobody_leaves_before_they_came() {
    let mut absences = Absences::default();
    let ahead = Socket { came: at(100), ..socket(1) };
    assert_eq!(absences.see(session(), &[ahead], &[], at(10)), []);
    assert_eq!(absences.see(session(), &[ahead], &[], at(20)), [(ahead, at(100).plus_micros(1))]);
}

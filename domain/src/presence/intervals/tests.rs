//! Given these signals of somebody, they were there …

mod any;

use uuid::Uuid;

use super::*;
use crate::testing::{at, person};

/// What a source saw in one of its channels so many seconds after ten o'clock.
fn seen(source: SignalSource, channel: u8, sign: Sign, seconds: u32) -> Signal {
    let channel = ChannelId::new(Uuid::from_u128(u128::from(channel)));
    Signal { person_id: person(1), observed_at: at(seconds), source, channel, sign }
}

fn came(source: SignalSource, channel: u8, seconds: u32) -> Signal {
    seen(source, channel, Sign::Arrived, seconds)
}

fn left(source: SignalSource, channel: u8, seconds: u32) -> Signal {
    seen(source, channel, Sign::Departed, seconds)
}

fn report(signals: &[Signal], until: Option<u32>) -> PresenceReport {
    intervals(PresenceRule::V1, signals.iter().copied(), until.map(at))
}

fn interval(from: u32, to: Option<u32>, sources: &[SignalSource]) -> PresenceInterval {
    PresenceInterval { from: at(from), to: to.map(at), sources: sources.to_vec() }
}

fn contradiction(
    kind: ContradictionKind,
    from: u32,
    to: Option<u32>,
    sources: &[SignalSource],
) -> Contradiction {
    Contradiction { kind, from: at(from), to: to.map(at), sources: sources.to_vec() }
}

const DOOR: SignalSource = SignalSource::Door;
const SOCKET: SignalSource = SignalSource::Socket;
const PROVIDER: SignalSource = SignalSource::Provider;
const MANUAL: SignalSource = SignalSource::Manual;

#[test]
fn nobody_was_seen_who_was_not() {
    let report = report(&[], None);
    assert_eq!(
        (report.rule.as_str(), report.intervals.len(), report.contradictions.len()),
        ("presence-v1", 0, 0)
    );
}

#[test]
fn the_example_of_the_rule() {
    let signals = [
        came(DOOR, 0, 0),
        came(SOCKET, 1, 10),
        came(SOCKET, 2, 15),
        left(SOCKET, 1, 20),
        left(DOOR, 0, 30),
        left(SOCKET, 2, 40),
    ];
    let report = report(&signals, None);
    let expected = [
        interval(0, Some(10), &[DOOR]),
        interval(10, Some(30), &[DOOR, SOCKET]),
        interval(30, Some(40), &[SOCKET]),
    ];
    assert_eq!(report.intervals, expected);
    let after = contradiction(ContradictionKind::SeenAfterLeaving, 30, Some(40), &[SOCKET]);
    assert_eq!(report.contradictions, [after]);
}

#[test]
fn whoever_has_not_left_is_there_until_the_session_is_over() {
    let signals = [came(SOCKET, 1, 10)];
    assert_eq!(report(&signals, None).intervals, [interval(10, None, &[SOCKET])]);
    assert_eq!(report(&signals, Some(60)).intervals, [interval(10, Some(60), &[SOCKET])]);
}

#[test]
fn what_was_seen_after_the_session_was_over_is_left_aside() {
    let signals = [came(SOCKET, 1, 10), left(SOCKET, 1, 70), came(PROVIDER, 1, 80), came(MANUAL, 1, 60)];
    let report = report(&signals, Some(60));
    assert_eq!(report.intervals, [interval(10, Some(60), &[SOCKET])]);
    assert_eq!(report.contradictions, []);
}

#[test]
fn two_arrivals_in_one_channel_are_a_contradiction_and_count_from_the_first() {
    let report = report(&[came(PROVIDER, 1, 10), came(PROVIDER, 1, 20), left(PROVIDER, 1, 30)], None);
    assert_eq!(report.intervals, [interval(10, Some(30), &[PROVIDER])]);
    let twice = contradiction(ContradictionKind::ArrivedTwice, 10, Some(20), &[PROVIDER]);
    assert_eq!(report.contradictions, [twice]);
}

#[test]
fn two_channels_of_one_source_do_not_contradict_each_other() {
    let signals = [came(SOCKET, 1, 10), came(SOCKET, 2, 20), left(SOCKET, 1, 30), left(SOCKET, 2, 40)];
    let report = report(&signals, None);
    assert_eq!(report.intervals, [interval(10, Some(40), &[SOCKET])]);
    assert_eq!(report.contradictions, []);
}

#[test]
fn a_departure_without_an_arrival_ends_nothing() {
    let report = report(&[came(SOCKET, 1, 10), left(PROVIDER, 1, 20)], None);
    assert_eq!(report.intervals, [interval(10, None, &[SOCKET])]);
    let without = contradiction(ContradictionKind::DepartedWithoutArrival, 20, Some(20), &[PROVIDER]);
    assert_eq!(report.contradictions, [without]);
}

#[test]
fn an_arrival_and_a_departure_at_the_same_moment_cancel_each_other() {
    let same = contradiction(ContradictionKind::SameMoment, 20, Some(20), &[SOCKET]);
    let there = report(&[came(SOCKET, 1, 10), came(SOCKET, 1, 20), left(SOCKET, 1, 20)], None);
    assert_eq!(there.intervals, [interval(10, None, &[SOCKET])]);
    assert_eq!(there.contradictions, std::slice::from_ref(&same));
    let not_there = report(&[left(SOCKET, 1, 20), came(SOCKET, 1, 20)], None);
    assert_eq!(not_there.intervals, []);
    assert_eq!(not_there.contradictions, [same]);
}

#[test]
fn whoever_was_seen_to_leave_and_is_still_seen_is_a_contradiction_until_they_are_back() {
    let signals = [came(DOOR, 0, 0), came(PROVIDER, 1, 5), left(DOOR, 0, 10), came(DOOR, 0, 20)];
    let report = report(&signals, Some(30));
    let after = contradiction(ContradictionKind::SeenAfterLeaving, 10, Some(20), &[PROVIDER]);
    assert_eq!(report.contradictions, [after]);
}

#[test]
fn whoever_is_seen_again_after_they_left_is_a_contradiction_from_then_on() {
    let signals = [came(DOOR, 0, 0), left(DOOR, 0, 10), came(SOCKET, 1, 40)];
    let after = contradiction(ContradictionKind::SeenAfterLeaving, 40, None, &[SOCKET]);
    assert_eq!(report(&signals, None).contradictions, [after]);
}

#[test]
fn a_moderators_word_that_somebody_left_counts_although_nobody_noted_their_arrival() {
    let report = report(&[came(SOCKET, 1, 10), left(MANUAL, 1, 20)], Some(30));
    assert_eq!(report.intervals, [interval(10, Some(30), &[SOCKET])]);
    let kinds: Vec<_> = report.contradictions.iter().map(|one| (one.kind, one.from)).collect();
    let expected =
        [(ContradictionKind::DepartedWithoutArrival, at(20)), (ContradictionKind::SeenAfterLeaving, at(20))];
    assert_eq!(kinds, expected);
}

#[test]
fn whoever_left_by_one_channel_while_another_person_at_the_door_still_has_them_did_not_leave() {
    let signals = [came(DOOR, 0, 0), came(MANUAL, 1, 5), left(MANUAL, 1, 10), came(SOCKET, 1, 0)];
    assert_eq!(report(&signals, Some(30)).contradictions, []);
}

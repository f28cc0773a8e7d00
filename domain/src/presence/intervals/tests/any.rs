//! Whatever was seen, in whatever order it came, and however often.
//!
//! Some thousands of cases, or as many more as `PROPTEST_CASES` says; `make chaos` says a million.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::select;

use super::*;

/// Few moments, channels and sources, so that signals meet.
fn any_signal() -> impl Strategy<Value = Signal> {
    let source = select(SignalSource::ALL);
    let sign = select(Sign::ALL);
    (source, 0..2_u8, sign, 0..12_u32)
        .prop_map(|(source, channel, sign, second)| seen(source, channel, sign, second))
}

fn any_signals() -> impl Strategy<Value = Vec<Signal>> {
    prop::collection::vec(any_signal(), 0..14)
}

/// The same signals in another order, some of them several times.
fn another_way() -> impl Strategy<Value = (Vec<Signal>, Vec<Signal>)> {
    any_signals().prop_flat_map(|signals| {
        let again = prop::collection::vec(any::<prop::sample::Index>(), 0..4);
        let told = (Just(signals.clone()), again).prop_map(|(mut told, again)| {
            let doubles: Vec<_> = again.iter().filter(|_| !told.is_empty()).map(|i| *i.get(&told)).collect();
            told.extend(doubles);
            told
        });
        (Just(signals), told.prop_shuffle())
    })
}

fn any_end() -> impl Strategy<Value = Option<Timestamp>> {
    prop::option::of(0..14_u32).prop_map(|end| end.map(at))
}

/// Whether somebody saw the person in the second that begins at `moment`, found out channel by channel.
fn is_seen(signals: &[Signal], moment: Timestamp) -> bool {
    let mut lanes: BTreeMap<_, BTreeMap<Timestamp, BTreeSet<Sign>>> = BTreeMap::new();
    for signal in signals.iter().filter(|signal| signal.observed_at <= moment) {
        let lane = lanes.entry((signal.source, signal.channel)).or_default();
        lane.entry(signal.observed_at).or_default().insert(signal.sign);
    }
    let last = |lane: &BTreeMap<Timestamp, BTreeSet<Sign>>| {
        lane.values().rev().find(|signs| signs.len() == 1).and_then(|signs| signs.first().copied())
    };
    lanes.values().any(|lane| last(lane) == Some(Sign::Arrived))
}

fn cases() -> ProptestConfig {
    let wanted = ProptestConfig::default();
    ProptestConfig { cases: wanted.cases.max(4_096), ..wanted }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn any_order_and_any_number_of_doubles_gives_the_same_report((signals, told) in another_way(), end in any_end()) {
        let first = intervals(PresenceRule::V1, signals, end);
        prop_assert_eq!(intervals(PresenceRule::V1, told, end), first);
    }

    #[test]
    fn the_intervals_are_in_order_apart_not_empty_and_within_what_was_seen(signals in any_signals(), end in any_end()) {
        let report = intervals(PresenceRule::V1, signals.clone(), end);
        let first = signals.iter().map(|signal| signal.observed_at).min();
        let mut reached = first.unwrap_or(Timestamp::MIN);
        for interval in &report.intervals {
            prop_assert!(reached <= interval.from);
            prop_assert!(!interval.sources.is_empty());
            prop_assert!(interval.sources.is_sorted_by(|one, next| one < next));
            let to = interval.to.or(end).unwrap_or(Timestamp::MAX);
            prop_assert!(interval.from < to);
            prop_assert!(end.is_none_or(|end| to <= end && interval.to.is_some()));
            reached = to;
        }
        let open = report.intervals.iter().rev().skip(1).filter(|interval| interval.to.is_none()).count();
        prop_assert_eq!(open, 0, "only the last interval may be open");
    }

    #[test]
    fn somebody_is_there_exactly_while_a_channel_has_them(signals in any_signals(), end in any_end()) {
        let report = intervals(PresenceRule::V1, signals.clone(), end);
        for moment in (0..14).map(at) {
            let expected = end.is_none_or(|end| moment < end) && is_seen(&signals, moment);
            let covers = |one: &PresenceInterval| one.from <= moment && one.to.is_none_or(|to| moment < to);
            prop_assert_eq!(report.intervals.iter().any(covers), expected, "at {}", moment);
        }
    }

    #[test]
    fn a_contradiction_takes_place_within_what_was_seen_and_is_told_once(signals in any_signals(), end in any_end()) {
        let report = intervals(PresenceRule::V1, signals, end);
        prop_assert!(report.contradictions.is_sorted_by(|one, next| one < next));
        for one in &report.contradictions {
            prop_assert!(one.to.is_none_or(|to| one.from <= to && end.is_none_or(|end| to <= end)));
        }
    }

    #[test]
    fn everything_of_one_rule_is_a_function_of_what_is_kept(signals in any_signals()) {
        let report = intervals(PresenceRule::V1, signals, None);
        let text = serde_json::to_string(&report).unwrap();
        prop_assert_eq!(serde_json::from_str::<PresenceReport>(&text).unwrap(), report);
    }
}

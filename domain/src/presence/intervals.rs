//! When somebody was there, as a pure function of what was seen of them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Signal;
use super::lanes::{Lane, Span};
use super::rule::{Contradiction, ContradictionKind, PresenceRule};
use super::stretches::{Stretch, stretches};
use crate::ids::ChannelId;
use crate::values::{Sign, SignalSource, Timestamp};

/// A time somebody was there, seen by the same sources from its start up to, not including, its end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PresenceInterval {
    /// Since.
    pub from: Timestamp,
    /// Until, which is later; absent while they are there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Timestamp>,
    /// Who sees them, each once, at least one.
    pub sources: Vec<SignalSource>,
}

/// When somebody was there, and what does not fit together in what was seen of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresenceReport {
    /// The rule by which the signals were read.
    pub rule: PresenceRule,
    /// When they were there, oldest first, without overlaps. One may begin where another ends: other sources see them from there on.
    pub intervals: Vec<PresenceInterval>,
    /// What does not fit together, by when it began, each once. It takes nothing away from the intervals.
    pub contradictions: Vec<Contradiction>,
}

/// When one person was there, by `signals` of them, which came in any order and any number of times; `until` is when the session was
/// over.
///
/// It is a function of the *set* of signals: neither their order nor doubles of them change anything. By `presence-v1`:
///
/// - A *lane* is one channel of one source. In a lane, an arrival begins a span and the next departure ends it.
/// - The person is there while any lane has them. An interval ends, and another begins, where the set of sources changes:
///
/// ```text
/// door      ──────arrived━━━━━━━━━━━━━━━━━━━departed────────────────────
/// socket a  ───────────────arrived━━━━departed──────────────────────────
/// socket b  ──────────────────────arrived━━━━━━━━━━━━━━departed─────────
/// intervals       ├ door  ┤├ door + socket ┤├ socket   ┤
///                                           └ seen after leaving
/// ```
///
/// - An arrival and a departure of one lane at the same microsecond cancel each other: nobody can say which was first, and the lane
///   goes on as it was.
/// - What was seen after `until` is left aside, and what is open then ends there. What is open without an `until` has no end.
///
/// Total: every set of signals has a report. What the contradictions mean stands at [`ContradictionKind`].
pub fn intervals(
    rule: PresenceRule,
    signals: impl IntoIterator<Item = Signal>,
    until: Option<Timestamp>,
) -> PresenceReport {
    let PresenceRule::V1 = rule;
    let end = until.map_or(i64::MAX, Timestamp::as_micros);
    let lanes = lanes(signals, end);
    let spans = lanes.iter().flat_map(|lane| lane.spans.iter().map(|span| (lane.source, *span)));
    let seen: Vec<_> = stretches(spans).into_iter().map(Stretch::into_interval).collect();
    let in_lanes = lanes.iter().flat_map(|lane| lane.contradictions.iter().cloned());
    let contradictions: BTreeSet<_> = in_lanes.chain(seen_after_leaving(&lanes, end)).collect();
    PresenceReport { rule, intervals: seen, contradictions: contradictions.into_iter().collect() }
}

/// The lanes of what was seen up to `end`.
fn lanes(signals: impl IntoIterator<Item = Signal>, end: i64) -> Vec<Lane> {
    let mut seen: BTreeMap<(SignalSource, ChannelId), BTreeSet<(i64, Sign)>> = BTreeMap::new();
    for Signal { observed_at, source, channel, sign, .. } in signals {
        if observed_at.as_micros() <= end {
            seen.entry((source, channel)).or_default().insert((observed_at.as_micros(), sign));
        }
    }
    seen.into_iter().map(|((source, _), signs)| Lane::of(source, &signs, end)).collect()
}

/// Whoever watches the door, or runs the session, said that the person left; what the others still saw until they came back.
fn seen_after_leaving(lanes: &[Lane], end: i64) -> Vec<Contradiction> {
    let (watched, others): (Vec<_>, Vec<_>) = lanes.iter().partition(|lane| is_watched(lane.source));
    let away = away(&watched, end);
    let spans = others.iter().flat_map(|lane| lane.spans.iter().map(|span| (lane.source, *span)));
    let seen = stretches(spans);
    let meets = |away: &Span, seen: &Stretch| Some((away.meets(seen.span)?, seen.sources.clone()));
    let both = away.iter().flat_map(|away| seen.iter().filter_map(|seen| meets(away, seen)));
    both.map(|(span, sources)| span.contradiction(ContradictionKind::SeenAfterLeaving, sources)).collect()
}

/// Whether a person, not a machine, says who comes and goes.
const fn is_watched(source: SignalSource) -> bool {
    matches!(source, SignalSource::Door | SignalSource::Manual)
}

/// From each departure that was watched until the next arrival that was, while no watched lane has the person.
fn away(watched: &[&Lane], end: i64) -> Vec<Span> {
    let there = stretches(watched.iter().flat_map(|lane| lane.spans.iter().map(|span| (lane.source, *span))));
    let mut away: Vec<Span> = Vec::new();
    let left: BTreeSet<i64> = watched.iter().flat_map(|lane| lane.left.iter().copied()).collect();
    for from in left {
        let is_covered = away.last().is_some_and(|last| from < last.to);
        let next = there.partition_point(|stretch| stretch.span.to <= from);
        let to = there.get(next).map_or(end, |stretch| stretch.span.from);
        if !is_covered && from < to {
            away.push(Span { from, to });
        }
    }
    away
}

#[cfg(test)]
mod tests;

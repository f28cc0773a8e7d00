//! One channel of one source: arrivals, and the departures that answer them.

use std::collections::BTreeSet;

use super::rule::{Contradiction, ContradictionKind};
use crate::values::{Sign, SignalSource, Timestamp};

/// A time from its start up to, not including, its end, in microseconds; [`i64::MAX`] is an end that is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) from: i64,
    pub(super) to: i64,
}

/// What came of one channel.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) source: SignalSource,
    /// When the lane had the person, oldest first, with time between.
    pub(super) spans: Vec<Span>,
    /// Every departure, also one without an arrival.
    pub(super) left: Vec<i64>,
    pub(super) contradictions: Vec<Contradiction>,
}

impl Span {
    /// What two spans have in common.
    pub(super) fn meets(self, other: Self) -> Option<Self> {
        let both = Self { from: self.from.max(other.from), to: self.to.min(other.to) };
        (both.from < both.to).then_some(both)
    }

    pub(super) fn contradiction(self, kind: ContradictionKind, sources: Vec<SignalSource>) -> Contradiction {
        Contradiction { from: moment(self.from), to: self.end(), kind, sources }
    }

    /// Its end, if that is known.
    pub(super) fn end(self) -> Option<Timestamp> {
        (self.to != i64::MAX).then(|| moment(self.to))
    }
}

/// The moment at `micros`, which came out of one.
pub(super) fn moment(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros).expect("it was a moment before")
}

impl Lane {
    /// Reads `signs`, none of them behind `end`, where the lane closes.
    pub(super) fn of(source: SignalSource, signs: &BTreeSet<(i64, Sign)>, end: i64) -> Self {
        let mut lane = Self { source, spans: Vec::new(), left: Vec::new(), contradictions: Vec::new() };
        let mut open = None;
        for &(at, sign) in signs {
            let cancels = |other| signs.contains(&(at, other));
            match sign {
                Sign::Arrived if cancels(Sign::Departed) => lane.note(at, at, ContradictionKind::SameMoment),
                Sign::Departed if cancels(Sign::Arrived) => {}
                Sign::Arrived => match open {
                    Some(first) => lane.note(first, at, ContradictionKind::ArrivedTwice),
                    None => open = Some(at),
                },
                Sign::Departed => {
                    lane.left.push(at);
                    match open.take() {
                        Some(from) => lane.spans.push(Span { from, to: at }),
                        None => lane.note(at, at, ContradictionKind::DepartedWithoutArrival),
                    }
                }
            }
        }
        lane.spans.extend(open.filter(|from| *from < end).map(|from| Span { from, to: end }));
        lane
    }

    fn note(&mut self, from: i64, to: i64, kind: ContradictionKind) {
        self.contradictions.push(Span { from, to }.contradiction(kind, vec![self.source]));
    }
}

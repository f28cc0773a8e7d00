//! What somebody in the room saw, and when.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::bail;

use super::dialect::{Said, number};
use crate::stopwatch::Stopwatch;

/// Events of a session that are counted.
const EVENTS: usize = 1 << 17;

/// How many saw each event, and the watch that all of them look at.
#[derive(Debug)]
pub(super) struct Tally {
    watch: Stopwatch,
    seen: Box<[AtomicU32]>,
}

/// A moment, in microseconds since the tally began.
pub(super) type Moment = u32;

impl Tally {
    pub(super) fn new() -> Self {
        let seen = (0..EVENTS).map(|_| AtomicU32::new(0)).collect();
        Self { watch: Stopwatch::start(), seen }
    }

    pub(super) fn now(&self) -> Moment {
        self.watch.elapsed().as_micros().try_into().expect("a series takes less than an hour")
    }

    /// How many saw the event with this index.
    pub(super) fn saw(&self, index: u32) -> u32 {
        self.slot(index).map_or(0, |seen| seen.load(Ordering::Relaxed))
    }

    fn slot(&self, index: u32) -> Option<&AtomicU32> {
        self.seen.get(usize::try_from(index).ok()?)
    }
}

/// An event that came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Arrival {
    /// Its index in the session.
    pub(super) index: u32,
    pub(super) at: Moment,
}

/// What one client saw.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) arrivals: Vec<Arrival>,
    /// Bytes of the data of those.
    pub(super) bytes: u64,
    /// How often it was told that it lagged.
    pub(super) lagged: u32,
    /// The position up to which it knows.
    pub(super) position: u64,
    /// The position up to which it missed something, while it does.
    misses: Option<u64>,
    /// When it missed nothing more.
    pub(super) caught_up: Option<Moment>,
}

impl Seen {
    /// Remembers what was said.
    pub(super) fn hear(&mut self, said: &Said<'_>, tally: &Tally) -> anyhow::Result<()> {
        match *said {
            Said::Told("connected", data) => self.connected(data, tally.now()),
            Said::Told("lagged", _) => self.lagged += 1,
            Said::Told("closing" | "problem", data) | Said::Refused(data) => bail!("refused: {data}"),
            Said::Told("session_state", data) if data.contains(r#""snapshot":true"#) => {}
            Said::Told(_, data) => self.told(data, tally),
            _ => {}
        }
        Ok(())
    }

    /// It is cut off: what comes next is missed until it is made up for.
    pub(super) fn cut(&mut self) {
        self.caught_up = None;
    }

    fn connected(&mut self, data: &str, now: Moment) {
        let head = number(data, r#""position":"#).unwrap_or_default();
        if self.position == 0 {
            self.position = head;
        }
        self.misses = (head > self.position).then_some(head);
        self.caught_up = self.misses.is_none().then_some(now);
    }

    fn told(&mut self, data: &str, tally: &Tally) {
        let (index, position) = (number(data, r#""session_index":"#), number(data, r#""position":"#));
        let (Some(index), Some(position)) = (index.and_then(|index| u32::try_from(index).ok()), position)
        else {
            return;
        };
        let at = tally.now();
        self.arrivals.push(Arrival { index, at });
        self.bytes += data.len() as u64;
        self.position = position;
        if self.misses.is_some_and(|missed| missed <= position) {
            (self.misses, self.caught_up) = (None, Some(at));
        }
        if let Some(slot) = tally.slot(index) {
            slot.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// How what everybody saw compares with what there was.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Gaps {
    pub(super) lost: u64,
    pub(super) doubled: u64,
    pub(super) reordered: u64,
    pub(super) lagged: u64,
}

impl Gaps {
    /// Of events with an index from `first` up to `last`.
    pub(super) fn between(first: u32, last: u32, all: &[Seen]) -> Self {
        let mut gaps = Self::default();
        for seen in all {
            gaps.add(first, last, seen);
        }
        gaps
    }

    fn add(&mut self, first: u32, last: u32, seen: &Seen) {
        let mut indices: Vec<_> = seen.arrivals.iter().map(|arrival| arrival.index).collect();
        indices.retain(|index| (first..=last).contains(index));
        self.reordered += indices.windows(2).filter(|pair| pair[1] < pair[0]).count() as u64;
        let all = indices.len() as u64;
        indices.sort_unstable();
        indices.dedup();
        self.doubled += all - indices.len() as u64;
        self.lost += u64::from(last - first + 1) - indices.len() as u64;
        self.lagged += u64::from(seen.lagged);
    }
}

/// The time from one moment to a later one.
pub(super) fn between(earlier: Moment, later: Moment) -> Duration {
    Duration::from_micros(u64::from(later.saturating_sub(earlier)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(index: u32) -> String {
        format!(r#"{{"position":{},"session_index":{index},"type":"floor"}}"#, index + 100)
    }

    fn saw(indices: &[u32]) -> Seen {
        let (mut seen, tally) = (Seen::default(), Tally::new());
        for index in indices {
            seen.hear(&Said::Told("user_muted", &told(*index)), &tally).unwrap();
        }
        seen
    }

    #[test]
    fn every_event_once_and_in_order_has_no_gaps() {
        assert_eq!(Gaps::between(3, 6, &[saw(&[2, 3, 4, 5, 6, 7])]), Gaps::default());
    }

    #[test]
    fn gaps_are_told_apart() {
        let gaps = Gaps::between(1, 6, &[saw(&[1, 3, 2, 4, 4, 6])]);
        assert_eq!(gaps, Gaps { lost: 1, doubled: 1, reordered: 1, lagged: 0 });
    }

    #[test]
    fn one_is_caught_up_with_the_last_missed_event() {
        let (mut seen, tally) = (saw(&[1, 2]), Tally::new());
        seen.cut();
        seen.hear(&Said::Told("connected", r#"{"position":104}"#), &tally).unwrap();
        seen.hear(&Said::Told("user_muted", &told(3)), &tally).unwrap();
        assert_eq!(seen.caught_up, None);
        seen.hear(&Said::Told("user_muted", &told(4)), &tally).unwrap();
        assert!(seen.caught_up.is_some());
    }

    #[test]
    fn a_snapshot_is_no_event() {
        let (mut seen, tally) = (Seen::default(), Tally::new());
        let data = r#"{"position":104,"snapshot":true,"session_index":3}"#;
        seen.hear(&Said::Told("session_state", data), &tally).unwrap();
        assert_eq!(seen.arrivals, []);
    }
}

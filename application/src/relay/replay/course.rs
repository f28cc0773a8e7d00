//! How far a replay has come: what is under way, up to where everything is acknowledged, and since when an answer is missing.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::log::{Fault, Position};
use crate::relay::Acknowledged;

/// How far a replay has come.
#[derive(Debug)]
pub(super) struct Course {
    /// Everything up to here was sent, or was not asked for.
    sent: Position,
    under_way: BTreeSet<Position>,
    records: u64,
    /// Since when an answer has been missing.
    waiting: Option<Instant>,
    /// Why the last connection was lost, until there is an answer again.
    fault: Option<Fault>,
}

impl Course {
    /// Nothing is sent yet, and the first to be is `from`.
    pub(super) fn new(from: Position) -> Self {
        let sent = before(from);
        Self { sent, under_way: BTreeSet::new(), records: 0, waiting: None, fault: None }
    }

    /// Everything up to here is acknowledged.
    pub(super) fn up_to(&self) -> Position {
        self.under_way.first().map_or(self.sent, |first| before(*first))
    }

    /// How many records are acknowledged.
    pub(super) fn records(&self) -> u64 {
        self.records
    }

    /// Whether something is under way.
    pub(super) fn is_waiting(&self) -> bool {
        !self.under_way.is_empty()
    }

    /// The record of `position`, behind everything that was sent before, is about to be sent.
    pub(super) fn sent(&mut self, position: Position, now: Instant) {
        self.under_way.insert(position);
        self.sent = position;
        self.waiting.get_or_insert(now);
    }

    /// There is nothing more to be sent up to `to`.
    pub(super) fn sent_all(&mut self, to: Position) {
        self.sent = to;
    }

    pub(super) fn acknowledged(&mut self, acknowledged: &[Acknowledged], now: Instant) {
        for one in acknowledged {
            self.records += u64::from(self.under_way.remove(&one.position));
        }
        self.fault = None;
        self.waiting = self.is_waiting().then_some(now);
    }

    /// Forgets what is under way: it will be sent again. Gives the position after which that is.
    pub(super) fn recall(&mut self) -> Position {
        self.sent = self.up_to();
        self.under_way.clear();
        self.sent
    }

    /// The broker is asked for something.
    pub(super) fn expects_an_answer(&mut self, now: Instant) {
        self.waiting.get_or_insert(now);
    }

    /// The broker is there. After a loss that counts for nothing until it acknowledges something.
    pub(super) fn connected(&mut self) {
        if self.fault.is_none() {
            self.waiting = None;
        }
    }

    /// The connection was lost because of `fault`; gives whether it is the first time since the last answer.
    pub(super) fn lost(&mut self, fault: &Fault, now: Instant) -> bool {
        self.waiting.get_or_insert(now);
        self.fault.replace(Arc::clone(fault)).is_none()
    }

    /// What was heard of the broker last, if an answer has been missing for `patience`.
    pub(super) fn silent_for(&self, patience: Duration, now: Instant) -> Option<Option<Fault>> {
        let since = self.waiting?;
        (now.duration_since(since) >= patience).then(|| self.fault.clone())
    }
}

fn before(position: Position) -> Position {
    Position::new(position.get().saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relay::{Lane, Offset, TopicName};

    const PATIENCE: Duration = Duration::from_secs(60);

    fn position(number: u64) -> Position {
        Position::new(number)
    }

    fn of(positions: &[u64]) -> Vec<Acknowledged> {
        let lane = Lane { topic: TopicName::new("t"), partition: 0 };
        let one =
            |number| Acknowledged { lane: lane.clone(), offset: Offset(number), position: position(number) };
        positions.iter().copied().map(one).collect()
    }

    fn fault() -> Fault {
        Arc::new(std::fmt::Error)
    }

    #[test]
    fn everything_is_acknowledged_up_to_the_first_one_that_is_not() {
        let now = Instant::now();
        let mut course = Course::new(position(5));
        assert_eq!(course.up_to(), position(4));
        [5, 8, 9].map(|number| course.sent(position(number), now));
        course.acknowledged(&of(&[9, 5]), now);
        assert_eq!((course.up_to(), course.records()), (position(7), 2));
        course.acknowledged(&of(&[8]), now);
        assert_eq!((course.up_to(), course.records()), (position(9), 3));
        course.sent_all(position(12));
        assert_eq!(course.up_to(), position(12));
    }

    #[test]
    fn what_was_under_way_is_sent_again() {
        let now = Instant::now();
        let mut course = Course::new(position(1));
        [1, 2, 3].map(|number| course.sent(position(number), now));
        course.acknowledged(&of(&[1, 3]), now);
        assert_eq!(course.recall(), position(1));
        course.sent(position(2), now);
        assert_eq!(course.up_to(), position(1));
    }

    #[test]
    fn an_answer_that_nobody_waits_for_is_not_counted() {
        let mut course = Course::new(position(1));
        course.acknowledged(&of(&[7]), Instant::now());
        assert_eq!((course.up_to(), course.records()), (position(0), 0));
    }

    #[test]
    fn patience_begins_anew_with_each_answer() {
        let start = Instant::now();
        let mut course = Course::new(position(1));
        assert!(course.silent_for(PATIENCE, start + PATIENCE).is_none(), "nothing was asked yet");
        course.sent(position(1), start);
        course.sent(position(2), start + PATIENCE / 2);
        assert!(course.silent_for(PATIENCE, start + PATIENCE).is_some());
        course.acknowledged(&of(&[1]), start + PATIENCE);
        assert!(course.silent_for(PATIENCE, start + PATIENCE * 3 / 2).is_none());
        course.acknowledged(&of(&[2]), start + PATIENCE);
        assert!(course.silent_for(PATIENCE, start + PATIENCE * 9).is_none(), "everything is answered");
    }

    #[test]
    fn a_broker_that_only_lets_us_in_has_not_answered() {
        let start = Instant::now();
        let mut course = Course::new(position(1));
        course.expects_an_answer(start);
        course.connected();
        assert!(course.silent_for(PATIENCE, start + PATIENCE * 9).is_none());
        assert!(course.lost(&fault(), start), "it is the first loss");
        course.connected();
        course.sent(position(1), start + PATIENCE / 2);
        assert!(!course.lost(&fault(), start + PATIENCE / 2), "it is the same loss");
        assert!(course.silent_for(PATIENCE, start + PATIENCE).is_some_and(|heard| heard.is_some()));
    }
}

//! How far a replay has come: what is under way, up to where everything is acknowledged, and since when an answer is missing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{ReplayError, ReplayNews};
use crate::log::{Fault, Position};
use crate::relay::{Acknowledged, Lane, Offset};

/// How often it is looked whether the broker is silent for too long.
const LOOK: Duration = Duration::from_millis(100);

/// How far a replay has come.
#[derive(Debug, Default)]
pub(super) struct Course {
    /// Everything up to here was sent, or was not asked for.
    sent: Position,
    under_way: BTreeSet<Position>,
    records: u64,
    /// Since when an answer has been missing.
    waiting: Option<Instant>,
    /// Why the last connection was lost, until there is an answer again.
    fault: Option<Fault>,
    /// The last acknowledged record of each lane.
    marks: BTreeMap<Lane, (Offset, Position)>,
}

/// The last record of a lane that was acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) lane: Lane,
    /// Where it stands there.
    pub(super) offset: Offset,
    /// Where its event stands in the log.
    pub(super) position: Position,
}

impl Course {
    /// Nothing is sent yet, and the first to be is `from`.
    pub(super) fn new(from: Position) -> Self {
        let sent = before(from);
        Self { sent, ..Self::default() }
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
            self.marks.insert(one.lane.clone(), (one.offset, one.position));
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

    /// Counts everything from `from` on as not published.
    pub(super) fn start_over(&mut self, from: Position) {
        self.sent = before(from);
        self.under_way.clear();
        self.marks.clear();
    }

    pub(super) fn marks(&self) -> Vec<Mark> {
        let mark = |(lane, (offset, position)): (&Lane, &(Offset, Position))| Mark {
            lane: lane.clone(),
            offset: *offset,
            position: *position,
        };
        self.marks.iter().map(mark).collect()
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

    /// Whether an answer has been missing for `patience`.
    pub(super) fn is_silent_for(&self, patience: Duration, now: Instant) -> bool {
        self.waiting.is_some_and(|since| now.duration_since(since) >= patience)
    }

    /// Why the last connection was lost, if there was no answer since.
    pub(super) fn fault(&self) -> Option<Fault> {
        self.fault.clone()
    }
}

/// A course that the sender and the taker of acknowledgements keep together.
pub(super) struct SharedCourse(Mutex<Course>);

impl SharedCourse {
    pub(super) fn new(course: Course) -> Self {
        Self(Mutex::new(course))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Course> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn news(&self) -> ReplayNews<'static> {
        let course = self.lock();
        ReplayNews::Acknowledged { up_to: course.up_to(), records: course.records() }
    }

    /// Waits until an answer has been missing for `patience`.
    pub(super) async fn silence(&self, patience: Duration) -> ReplayError {
        loop {
            {
                let course = self.lock();
                if course.is_silent_for(patience, Instant::now()) {
                    return ReplayError::Silent { patience, source: course.fault() };
                }
            }
            sleep(LOOK).await;
        }
    }
}

fn before(position: Position) -> Position {
    Position::new(position.get().saturating_sub(1))
}

#[cfg(test)]
mod tests;

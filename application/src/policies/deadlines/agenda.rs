//! The deadlines that are open, in memory.

use std::collections::BTreeMap;

use acta_domain::Timestamp;

use super::Changes;
use super::fold::{SessionDeadlines, What};
use crate::log::Position;
use crate::views::RowKey;

/// What falls due, when and where; soonest first.
pub(super) type Entry = (Timestamp, RowKey, What);

/// The deadlines that are open, each with the event that opened it.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    open: BTreeMap<Entry, Position>,
    /// Where each stands among them: one that was put off is no longer where it was due.
    times: BTreeMap<(RowKey, What), Timestamp>,
    /// Where the policy's cursor stands that this agenda goes with; none before it was read.
    reflected: Option<Position>,
}

impl Agenda {
    /// An empty one that goes with the cursor `at`.
    pub(super) fn reflecting(at: Position) -> Self {
        Self { reflected: Some(at), ..Self::default() }
    }

    /// Whether it goes with the cursor `at`.
    pub(super) fn reflects(&self, at: Position) -> bool {
        self.reflected == Some(at)
    }

    /// What falls due next.
    pub(super) fn next(&self) -> Option<(Entry, Position)> {
        self.open.first_key_value().map(|(entry, cause)| (entry.clone(), *cause))
    }

    /// Takes over what `changes` brought, with which the cursor moved to `reached`.
    pub(super) fn advance(&mut self, changes: &Changes, reached: Position) {
        for (key, (old, new, _)) in changes {
            self.enter(key, old, new);
        }
        self.reflected = Some(reached);
    }

    /// Replaces the deadlines of the session of `key`, which were `old`, by `new`.
    pub(super) fn enter(&mut self, key: &RowKey, old: &SessionDeadlines, new: &SessionDeadlines) {
        for (what, _) in old.open() {
            self.strike(&(key.clone(), what));
        }
        for (what, due) in new.open() {
            self.put((due.at, key.clone(), what), due.cause);
        }
    }

    /// Moves an entry to `later`, unless it was replaced meanwhile.
    pub(super) fn put_off(&mut self, entry: &Entry, cause: Position, later: Timestamp) {
        if self.holds(entry, cause) {
            let (_, row, what) = entry;
            self.put((later, row.clone(), *what), cause);
        }
    }

    /// Takes an entry off, unless it was replaced meanwhile.
    pub(super) fn remove(&mut self, entry: &Entry, cause: Position) {
        if self.holds(entry, cause) {
            let (_, row, what) = entry;
            self.strike(&(row.clone(), *what));
        }
    }

    fn holds(&self, entry: &Entry, cause: Position) -> bool {
        self.open.get(entry) == Some(&cause)
    }

    fn put(&mut self, entry: Entry, cause: Position) {
        let (at, row, what) = entry.clone();
        self.strike(&(row.clone(), what));
        self.times.insert((row, what), at);
        self.open.insert(entry, cause);
    }

    fn strike(&mut self, subject: &(RowKey, What)) {
        if let Some(at) = self.times.remove(subject) {
            let (row, what) = subject;
            self.open.remove(&(at, row.clone(), *what));
        }
    }
}

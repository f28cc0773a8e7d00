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
    /// Where the policy's cursor stands that this agenda goes with; none before it was read.
    reflected: Option<Position>,
}

impl Agenda {
    /// An empty one that goes with the cursor `at`.
    pub(super) fn reflecting(at: Position) -> Self {
        Self { open: BTreeMap::new(), reflected: Some(at) }
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
        for (what, due) in old.open() {
            self.open.remove(&(due.at, key.clone(), what));
        }
        for (what, due) in new.open() {
            self.open.insert((due.at, key.clone(), what), due.cause);
        }
    }

    /// Moves an entry to `later`.
    pub(super) fn put_off(&mut self, entry: &Entry, cause: Position, later: Timestamp) {
        let (_, row, what) = entry;
        self.remove(entry);
        self.open.insert((later, row.clone(), *what), cause);
    }

    pub(super) fn remove(&mut self, entry: &Entry) {
        self.open.remove(entry);
    }
}

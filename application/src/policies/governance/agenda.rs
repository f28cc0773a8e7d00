//! What is to be done, in memory: which session is next, and how often it failed.

use std::collections::{BTreeMap, BTreeSet};

use tokio::time::Instant;

use super::fold::{SessionNotices, Task};
use crate::log::Position;
use crate::views::RowKey;

/// The sessions that something is to be done about, each with one thing at a time.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    sessions: BTreeMap<RowKey, Entry>,
    /// Those that wait for their time, soonest first.
    waiting: BTreeSet<(Instant, RowKey)>,
    /// Where the policy's cursor stands that this agenda goes with; none before it was read.
    reflected: Option<Position>,
}

#[derive(Debug)]
struct Entry {
    task: Task,
    /// When it is tried; none while that is under way, or is done and about to be read.
    due: Option<Instant>,
    failures: u32,
    refused: bool,
}

/// How the tries went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tally {
    /// Sessions that something is to be done about.
    pub(super) pending: u64,
    /// Whether the last try of any of them failed.
    pub(super) failing: bool,
    /// Whether the last try of any of them was refused.
    pub(super) refused: bool,
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

    /// Says that it goes with the cursor `at`.
    pub(super) fn reached(&mut self, at: Position) {
        self.reflected = Some(at);
    }

    /// Enters what is to be done about the session of `key` now; what is on already stays as it is.
    pub(super) fn enter(&mut self, key: &RowKey, notices: &SessionNotices, now: Instant) {
        let next = notices.next();
        if let (Some(entry), Some(task)) = (self.sessions.get(key), &next)
            && entry.task == *task
        {
            return;
        }
        self.strike(key);
        if let Some(task) = next {
            let entry = Entry { task, due: Some(now), failures: 0, refused: false };
            self.sessions.insert(key.clone(), entry);
            self.waiting.insert((now, key.clone()));
        }
    }

    /// When something is to be done next.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.waiting.first().map(|(due, _)| *due)
    }

    /// Takes what is due at `now`; it is not given again before it is put off.
    pub(super) fn take(&mut self, now: Instant) -> Option<(RowKey, Task)> {
        self.next_due().filter(|due| *due <= now)?;
        let (_, key) = self.waiting.pop_first()?;
        let entry = self.sessions.get_mut(&key).expect("what waits is on the agenda");
        entry.due = None;
        Some((key, entry.task.clone()))
    }

    /// Counts a failure of `task`, and gives how many there were in a row; none if it was replaced meanwhile.
    pub(super) fn failed(&mut self, key: &RowKey, task: &Task, refused: bool) -> Option<u32> {
        let entry = self.sessions.get_mut(key).filter(|entry| entry.task == *task)?;
        entry.failures = entry.failures.saturating_add(1);
        entry.refused = refused;
        Some(entry.failures)
    }

    /// Has `task` tried again at `due`, unless it was replaced meanwhile.
    pub(super) fn put_off(&mut self, key: &RowKey, task: &Task, due: Instant) {
        if let Some(entry) = self.sessions.get_mut(key).filter(|entry| entry.task == *task) {
            if let Some(before) = entry.due.replace(due) {
                self.waiting.remove(&(before, key.clone()));
            }
            self.waiting.insert((due, key.clone()));
        }
    }

    pub(super) fn tally(&self) -> Tally {
        Tally {
            pending: self.sessions.len() as u64,
            failing: self.sessions.values().any(|entry| entry.failures > 0),
            refused: self.sessions.values().any(|entry| entry.refused),
        }
    }

    fn strike(&mut self, key: &RowKey) {
        if let Some(Entry { due: Some(due), .. }) = self.sessions.remove(key) {
            self.waiting.remove(&(due, key.clone()));
        }
    }
}

//! Checkpoints that moved past events which change nothing.
//!
//! Most events concern one view of several. To write each of the others a row that says nothing but "seen" would cost as much as the
//! rows themselves, so such steps are kept in memory and written with the next rows, or when they have become many, or at the end.
//! A crash loses only them: the same events are passed over once more. Nobody else writes this file, so memory is right.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use acta_application::log::Position;
use acta_application::views::ViewName;

/// Most positions that a checkpoint is ahead of the file.
const MOST: u64 = 1_024;

/// A checkpoint, in the file and in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Checkpoint {
    pub(super) stored: Position,
    pub(super) reached: Position,
}

impl Checkpoint {
    /// A checkpoint that is nowhere but in the file.
    pub(super) fn stored(position: Position) -> Self {
        Self { stored: position, reached: position }
    }

    /// Whether it may move to `reached` in memory alone.
    pub(super) fn may_wait(self, reached: Position) -> bool {
        reached.get().saturating_sub(self.stored.get()) < MOST
    }
}

/// The checkpoints that are ahead of the file.
#[derive(Debug, Default)]
pub(super) struct Ahead(Mutex<HashMap<ViewName, Checkpoint>>);

impl Ahead {
    pub(super) fn get(&self, view: &ViewName) -> Option<Checkpoint> {
        self.lock().get(view).copied()
    }

    pub(super) fn keep(&self, view: &ViewName, checkpoint: Checkpoint) {
        self.lock().insert(view.clone(), checkpoint);
    }

    pub(super) fn forget(&self, view: &ViewName) {
        self.lock().remove(view);
    }

    pub(super) fn views(&self) -> Vec<ViewName> {
        self.lock().keys().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ViewName, Checkpoint>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

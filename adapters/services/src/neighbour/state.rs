//! How a neighbour is, as far as it was asked.

use std::sync::atomic::{AtomicU8, Ordering};

const UNASKED: u8 = 0;
const ANSWERS: u8 = 1;
const FAILS: u8 = 2;

/// What the last call said. Nobody is asked for the sake of knowing it.
pub(super) struct LastSeen(AtomicU8);

impl LastSeen {
    pub(super) const fn never() -> Self {
        Self(AtomicU8::new(UNASKED))
    }

    pub(super) fn answered(&self) {
        self.0.store(ANSWERS, Ordering::Relaxed);
    }

    pub(super) fn failed(&self) {
        self.0.store(FAILS, Ordering::Relaxed);
    }

    /// `unasked`, `answers` or `fails`.
    pub(super) fn as_str(&self) -> &'static str {
        match self.0.load(Ordering::Relaxed) {
            UNASKED => "unasked",
            ANSWERS => "answers",
            _ => "fails",
        }
    }

    pub(super) fn is_well(&self) -> bool {
        self.0.load(Ordering::Relaxed) != FAILS
    }
}

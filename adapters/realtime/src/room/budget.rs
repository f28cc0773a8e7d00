//! How much memory all rings together take.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Most bytes in all rings together.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// The bytes in all rings.
#[derive(Debug)]
pub(super) struct Budget {
    most: usize,
    taken: AtomicUsize,
}

impl Default for Budget {
    fn default() -> Self {
        Self::of(MOST_BYTES)
    }
}

impl Budget {
    /// A budget of `most` bytes.
    pub(super) fn of(most: usize) -> Self {
        Self { most, taken: AtomicUsize::new(0) }
    }

    pub(super) fn take(&self, bytes: usize) {
        self.taken.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(super) fn give_back(&self, bytes: usize) {
        self.taken.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Whether more is taken than there is.
    pub(super) fn is_overdrawn(&self) -> bool {
        self.taken.load(Ordering::Relaxed) > self.most
    }
}

//! A time to test at, and a clock that is set by hand.

use std::sync::atomic::{AtomicI64, Ordering};

use acta_application::clock::Clock;
use acta_domain::Timestamp;

/// A moment in 2026, in seconds.
pub(crate) const NOW: i64 = 1_795_000_000;

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds * 1_000_000).unwrap()
}

pub(crate) fn now() -> Timestamp {
    at(NOW)
}

/// Stands at [`NOW`] until it is moved.
pub(crate) struct HandClock(AtomicI64);

impl HandClock {
    pub(crate) fn new() -> Self {
        Self(AtomicI64::new(NOW))
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        at(self.0.load(Ordering::SeqCst))
    }
}

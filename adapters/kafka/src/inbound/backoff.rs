//! How long to wait before something is tried again.

use std::time::Duration;

/// Before the second attempt.
const FIRST: Duration = Duration::from_millis(100);

/// Before every attempt after many.
const LONGEST: Duration = Duration::from_secs(30);

/// Twice as long after each failure: 100 ms, 200 ms, … 30 s.
#[derive(Debug, Clone, Copy)]
pub(super) struct Backoff(Duration);

impl Backoff {
    pub(super) fn new() -> Self {
        Self(FIRST)
    }

    /// How long to wait now.
    pub(super) fn next(&mut self) -> Duration {
        let now = self.0;
        self.0 = (now * 2).min(LONGEST);
        now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wait_is_twice_as_long_up_to_half_a_minute() {
        let mut backoff = Backoff::new();
        let waits: Vec<u128> = (0..11).map(|_| backoff.next().as_millis()).collect();
        assert_eq!(waits[..3], [100, 200, 400]);
        assert_eq!(waits[8..], [25_600, 30_000, 30_000]);
    }
}

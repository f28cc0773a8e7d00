//! How long is waited between two tries.

use std::time::Duration;

use crate::clock::{Randomness, random_bytes};

/// How long is waited after a failure before the next try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoticePace {
    /// After the first failure; then twice as long each time.
    pub first: Duration,
    /// The longest.
    pub longest: Duration,
    /// After a refusal, which trying again will hardly change.
    pub refused: Duration,
}

impl Default for NoticePace {
    /// From 1 s to 60 s, and 5 minutes after a refusal.
    fn default() -> Self {
        Self {
            first: Duration::from_secs(1),
            longest: Duration::from_mins(1),
            refused: Duration::from_mins(5),
        }
    }
}

impl NoticePace {
    /// The wait after `failures` in a row: between half and all of what has doubled so often, so that not all come at once.
    pub(super) fn after(&self, failures: u32, randomness: &dyn Randomness) -> Duration {
        let doubled = 1_u32.checked_shl(failures.saturating_sub(1).min(16)).unwrap_or(u32::MAX);
        let whole = self.first.saturating_mul(doubled).min(self.longest);
        let [byte] = random_bytes::<1>(randomness);
        whole / 2 + whole / 2 * u32::from(byte) / u32::from(u8::MAX)
    }
}

//! Durations, in order.

use std::time::Duration;

/// Measured durations, sorted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Quantiles(Vec<Duration>);

impl Quantiles {
    /// The duration that `share` of all do not exceed; zero if nothing was measured.
    pub(crate) fn at(&self, share: f64) -> Duration {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            clippy::cast_sign_loss,
            reason = "a share of a number of measurements is one again"
        )]
        let rank = (self.0.len() as f64 * share).ceil() as usize;
        self.0.get(rank.saturating_sub(1)).copied().unwrap_or_default()
    }

    pub(crate) fn longest(&self) -> Duration {
        self.0.last().copied().unwrap_or_default()
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn sum(&self) -> Duration {
        self.0.iter().sum()
    }
}

impl FromIterator<Duration> for Quantiles {
    fn from_iter<I: IntoIterator<Item = Duration>>(durations: I) -> Self {
        let mut sorted: Vec<_> = durations.into_iter().collect();
        sorted.sort_unstable();
        Self(sorted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_all_durations_do_not_exceed_the_median() {
        let quantiles: Quantiles = (1..=100).rev().map(Duration::from_millis).collect();
        assert_eq!(quantiles.at(0.5), Duration::from_millis(50));
        assert_eq!(quantiles.at(0.99), Duration::from_millis(99));
        assert_eq!(quantiles.longest(), Duration::from_millis(100));
    }

    #[test]
    fn nothing_measured_is_zero() {
        assert_eq!(Quantiles::default().at(0.99), Duration::ZERO);
    }
}

//! How many messages a connection has sent, of those that it may.

use std::time::Duration;

use acta_application::access::counters::gcra::{Arrival, take_from_each};
use acta_application::access::{LimitKey, Quota, Taken};
use acta_domain::Timestamp;

/// So many more refused than taken are no mistake any more.
const FLOOD: u32 = 100;

/// How many messages a connection has sent, of those that it may.
#[derive(Debug, Default)]
pub(super) struct Spending {
    arrival: Option<Arrival>,
    /// How many more were refused than taken; never below nothing.
    excess: u32,
}

/// There are more messages than there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooMany {
    /// When one may be sent again.
    pub(super) retry_after: Duration,
    /// Whether it goes on like this.
    pub(super) flooding: bool,
}

impl Spending {
    /// Takes one from `quota`.
    pub(super) fn take(&mut self, quota: Quota, now: Timestamp) -> Result<(), TooMany> {
        let (taken, kept) = take_from_each(&[self.arrival], &[(LimitKey(String::new()), quota)], now);
        self.arrival = kept.first().copied().flatten();
        match taken {
            Taken::All(_) => {
                self.excess = self.excess.saturating_sub(1);
                Ok(())
            }
            Taken::None { retry_after, .. } => {
                self.excess = self.excess.saturating_add(1);
                Err(TooMany { retry_after, flooding: self.excess >= FLOOD })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_micros(1_000_000_000_000 + millis * 1_000).unwrap()
    }

    #[test]
    fn a_quota_is_spent_and_comes_back() {
        let (mut spending, quota) = (Spending::default(), "2/s".parse().unwrap());
        assert_eq!(spending.take(quota, at(0)), Ok(()));
        assert_eq!(spending.take(quota, at(0)), Ok(()));
        let refused = TooMany { retry_after: Duration::from_millis(500), flooding: false };
        assert_eq!(spending.take(quota, at(0)), Err(refused));
        assert_eq!(spending.take(quota, at(500)), Ok(()));
    }

    #[test]
    fn a_hundred_more_refused_than_taken_are_a_flood_and_fewer_are_none() {
        let (mut spending, quota) = (Spending::default(), "1/s".parse().unwrap());
        assert_eq!(spending.take(quota, at(0)), Ok(()));
        for _ in 0..99 {
            assert!(!spending.take(quota, at(0)).unwrap_err().flooding);
        }
        assert_eq!(spending.take(quota, at(1_000)), Ok(()));
        assert!(!spending.take(quota, at(1_000)).unwrap_err().flooding);
        assert!(spending.take(quota, at(1_000)).unwrap_err().flooding);
    }

    #[test]
    fn a_flood_is_one_however_slowly_it_comes() {
        let (mut spending, quota) = (Spending::default(), "20/s".parse().unwrap());
        let mut is_flood =
            |message: i64| spending.take(quota, at(message * 10)).is_err_and(|told| told.flooding);
        assert!((0..300).any(&mut is_flood), "three seconds of five times too much are enough");
    }
}

//! The port that counts how much somebody does.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

use acta_domain::Timestamp;
use async_trait::async_trait;

use super::CountersError;

/// So many in so long: all at once, and then again at that rate. Text: `10/min`, `100/s`, `30/15min`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Quota {
    /// How many.
    pub most: NonZeroU32,
    /// In how long.
    pub period: Duration,
}

/// The text is no quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a quota is a number above 0, a slash, and a time of at most a day: `10/min`, `100/s`, `30/15min`, `500/h`"
)]
pub struct InvalidQuota;

const LONGEST: u64 = 86_400;

impl FromStr for Quota {
    type Err = InvalidQuota;

    fn from_str(text: &str) -> Result<Self, InvalidQuota> {
        let (most, period) = text.split_once('/').ok_or(InvalidQuota)?;
        let most = most.parse().map_err(|_| InvalidQuota)?;
        let digits = period.find(|c: char| !c.is_ascii_digit()).ok_or(InvalidQuota)?;
        let (count, unit) = period.split_at(digits);
        let count: u64 = if count.is_empty() { 1 } else { count.parse().map_err(|_| InvalidQuota)? };
        let seconds = count.checked_mul(seconds_of(unit)?).filter(|seconds| (1..=LONGEST).contains(seconds));
        Ok(Self { most, period: Duration::from_secs(seconds.ok_or(InvalidQuota)?) })
    }
}

fn seconds_of(unit: &str) -> Result<u64, InvalidQuota> {
    match unit {
        "s" => Ok(1),
        "min" => Ok(60),
        "h" => Ok(3_600),
        _ => Err(InvalidQuota),
    }
}

impl fmt::Display for Quota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}s", self.most, self.period.as_secs())
    }
}

/// What is counted: whose and what for, `writes:user:<tenant>:<person>`. It is part of names in shared counters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LimitKey(pub String);

/// What is left of a quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// The quota.
    pub quota: Quota,
    /// How many more there may be at once now.
    pub remaining: u32,
    /// In how long all of it is there again.
    pub reset_after: Duration,
}

/// What became of a wish to take one from each of several quotas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// One was taken from each; what is left, in the order of the wishes.
    All(Vec<Allowance>),
    /// Nothing was taken.
    None {
        /// Which of the wishes could not be had, the one that takes longest.
        exhausted: usize,
        /// In how long it can be.
        retry_after: Duration,
        /// What is left, in the order of the wishes.
        left: Vec<Allowance>,
    },
}

/// Counts, for all instances.
#[async_trait]
pub trait RateLimits: Send + Sync + 'static {
    /// Takes one from each of `wishes`, or from none of them.
    ///
    /// # Errors
    /// See [`CountersError`].
    async fn take(&self, wishes: &[(LimitKey, Quota)], now: Timestamp) -> Result<Taken, CountersError>;

    /// Gives one back that was taken: it turned out not to count.
    ///
    /// # Errors
    /// See [`CountersError`].
    async fn give_back(&self, key: &LimitKey, quota: Quota, now: Timestamp) -> Result<(), CountersError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quota_is_so_many_in_so_long() {
        let quota = |most, seconds| Quota {
            most: NonZeroU32::new(most).unwrap(),
            period: Duration::from_secs(seconds),
        };
        assert_eq!("10/min".parse(), Ok(quota(10, 60)));
        assert_eq!("30/15min".parse(), Ok(quota(30, 900)));
        assert_eq!("1/24h".parse(), Ok(quota(1, 86_400)));
    }

    #[test]
    fn another_text_is_no_quota() {
        for text in [
            "",
            "10",
            "0/min",
            "-1/s",
            "10/",
            "10/5",
            "10/0s",
            "10/25h",
            "10/week",
            "4294967296/s",
            "1/99999999999999999999s",
        ] {
            assert_eq!(text.parse::<Quota>(), Err(InvalidQuota), "{text}");
        }
    }
}

//! The generic cell rate algorithm: one number for each key says how much of a quota is left.
//!
//! The number is when all of the quota is there again. Taking one moves it on by the *interval* (the period divided by how many), from
//! now if it is past. One can be taken while it lies at most the whole quota ahead, so nobody ever gets more than the quota at once
//! and one each interval after that. No window begins or ends, and a key whose number is past need not be kept.
//!
//! Counters outside do the same arithmetic where they are; [`take_from_each`] then says what came of it, from what they had before.

#[cfg(test)]
mod tests;

use std::time::Duration;

use acta_domain::Timestamp;

use crate::access::{Allowance, LimitKey, Quota, Taken};

/// The longest period that is told from a longer one; so a moment and a quota add up to what a double holds exactly.
const LONGEST: u128 = 10 * 366 * 86_400 * 1_000_000;

/// When all of a quota is there again, in microseconds since the Unix epoch: what a counter keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Arrival(pub i64);

impl Arrival {
    /// Whether it says no more than no counter at all.
    pub fn is_past(self, now: Timestamp) -> bool {
        self.0 <= now.as_micros()
    }
}

/// A quota as the algorithm counts it, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// From one to the next, at least 1. What does not divide evenly is rounded up, so that the rate is never above the quota's.
    pub interval: i64,
    /// All of the quota: the interval times how many.
    pub whole: i64,
}

impl From<Quota> for Pace {
    fn from(quota: Quota) -> Self {
        let period = quota.period.as_micros().clamp(1, LONGEST);
        let interval = period.div_ceil(u128::from(quota.most.get()));
        let interval = i64::try_from(interval).expect("it is at most the longest period");
        Self { interval, whole: interval.saturating_mul(i64::from(quota.most.get())) }
    }
}

impl Pace {
    /// How long until all of it is there again. A clock that was put back is not waited for: it is never more than the whole.
    fn debt(self, arrival: Option<Arrival>, now: Timestamp) -> i64 {
        arrival.map_or(0, |arrival| arrival.0.saturating_sub(now.as_micros()).clamp(0, self.whole))
    }

    /// How long until one can be taken; zero when it can be now.
    fn wait(self, debt: i64) -> i64 {
        (debt + self.interval - self.whole).max(0)
    }

    fn remaining(self, debt: i64) -> u32 {
        u32::try_from((self.whole - debt) / self.interval).expect("the whole is a u32 of intervals")
    }
}

/// A debt as a counter keeps it; none need not be kept.
fn kept(debt: i64, now: Timestamp) -> Option<Arrival> {
    (debt > 0).then(|| Arrival(now.as_micros() + debt))
}

/// Takes one from each of `wishes`, or from none: what became of it, and what each counter is to keep from now on.
///
/// `arrivals` is what the counters keep now, in the order of the wishes. A key that is wished for twice is counted once.
pub fn take_from_each(
    arrivals: &[Option<Arrival>],
    wishes: &[(LimitKey, Quota)],
    now: Timestamp,
) -> (Taken, Vec<Option<Arrival>>) {
    let paces: Vec<Pace> = wishes.iter().map(|(_, quota)| Pace::from(*quota)).collect();
    let debts: Vec<i64> =
        paces.iter().zip(arrivals).map(|(pace, arrival)| pace.debt(*arrival, now)).collect();
    let waits = paces.iter().zip(&debts).map(|(pace, debt)| pace.wait(*debt));
    let longest = waits.enumerate().filter(|(_, wait)| *wait > 0).max_by_key(|(_, wait)| *wait);
    let debts: Vec<i64> = match longest {
        None => paces.iter().zip(debts).map(|(pace, debt)| debt + pace.interval).collect(),
        Some(_) => debts,
    };
    let left = wishes.iter().zip(&debts).map(|((_, quota), debt)| allowance(*quota, *debt)).collect();
    let taken = match longest {
        None => Taken::All(left),
        Some((exhausted, wait)) => Taken::None { exhausted, retry_after: micros(wait), left },
    };
    (taken, debts.into_iter().map(|debt| kept(debt, now)).collect())
}

/// What a counter is to keep when one that was taken from it is given back.
pub fn give_back(arrival: Option<Arrival>, quota: Quota, now: Timestamp) -> Option<Arrival> {
    let pace = Pace::from(quota);
    kept(pace.debt(arrival, now) - pace.interval, now)
}

fn allowance(quota: Quota, debt: i64) -> Allowance {
    Allowance { quota, remaining: Pace::from(quota).remaining(debt), reset_after: micros(debt) }
}

fn micros(count: i64) -> Duration {
    Duration::from_micros(u64::try_from(count).expect("a debt and a wait are not negative"))
}

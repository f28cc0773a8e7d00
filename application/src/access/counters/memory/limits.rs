//! How much somebody does, in memory.

#[cfg(test)]
mod tests;

use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

use acta_domain::Timestamp;
use async_trait::async_trait;
use lru::LruCache;
use metrics::counter;

use crate::access::counters::gcra::{self, Arrival};
use crate::access::{CountersError, LimitKey, Quota, RateLimits, Taken};

/// As many keys as one may have by default.
const MOST: NonZeroUsize = NonZeroUsize::new(100_000).expect("it is not zero");
/// How many keys that count nothing any more leave with one that comes.
const SWEPT: usize = 2;

/// Counts for one instance, in at most so many keys of about 200 bytes each, 100,000 by default.
///
/// Keys that count nothing any more leave first, in the order in which they were last used. When there is no room even so, the key that
/// was used longest ago starts anew: that favours whoever it is about, and is counted in `acta_rate_limits_forgotten_total`.
#[derive(Debug)]
pub struct MemoryRateLimits(Mutex<LruCache<LimitKey, Arrival>>);

impl Default for MemoryRateLimits {
    fn default() -> Self {
        Self::new(MOST)
    }
}

impl MemoryRateLimits {
    /// Nobody has done anything yet; at most `most` keys are kept.
    pub fn new(most: NonZeroUsize) -> Self {
        // Room is taken as it is needed, not at once.
        let mut counters = LruCache::unbounded();
        counters.resize(most);
        Self(Mutex::new(counters))
    }

    /// How many keys are kept now.
    pub fn kept(&self) -> usize {
        self.counters().len()
    }

    /// Takes one from each of `wishes`, or from none of them, without waiting.
    pub fn take_now(&self, wishes: &[(LimitKey, Quota)], now: Timestamp) -> Taken {
        let mut counters = self.counters();
        let arrivals: Vec<_> = wishes.iter().map(|(key, _)| counters.get(key).copied()).collect();
        let (taken, kept) = gcra::take_from_each(&arrivals, wishes, now);
        for ((key, _), arrival) in wishes.iter().zip(kept) {
            keep(&mut counters, key, arrival, now);
        }
        taken
    }

    /// Gives one back that was taken, without waiting.
    pub fn give_back_now(&self, key: &LimitKey, quota: Quota, now: Timestamp) {
        let mut counters = self.counters();
        let arrival = counters.get(key).copied();
        keep(&mut counters, key, gcra::give_back(arrival, quota, now), now);
    }

    fn counters(&self) -> MutexGuard<'_, LruCache<LimitKey, Arrival>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn keep(
    counters: &mut LruCache<LimitKey, Arrival>,
    key: &LimitKey,
    arrival: Option<Arrival>,
    now: Timestamp,
) {
    let Some(arrival) = arrival else {
        counters.pop(key);
        return;
    };
    if let Some(kept) = counters.get_mut(key) {
        *kept = arrival;
        return;
    }
    sweep(counters, now);
    let forgotten = counters.push(key.clone(), arrival);
    if forgotten.is_some_and(|(_, arrival)| !arrival.is_past(now)) {
        counter!("acta_rate_limits_forgotten_total").increment(1);
    }
}

/// More leave than come, so what is kept is soon only what counts.
fn sweep(counters: &mut LruCache<LimitKey, Arrival>, now: Timestamp) {
    for _ in 0..SWEPT {
        if counters.peek_lru().is_some_and(|(_, arrival)| arrival.is_past(now)) {
            counters.pop_lru();
        }
    }
}

#[async_trait]
impl RateLimits for MemoryRateLimits {
    async fn take(&self, wishes: &[(LimitKey, Quota)], now: Timestamp) -> Result<Taken, CountersError> {
        Ok(self.take_now(wishes, now))
    }

    async fn give_back(&self, key: &LimitKey, quota: Quota, now: Timestamp) -> Result<(), CountersError> {
        self.give_back_now(key, quota, now);
        Ok(())
    }
}

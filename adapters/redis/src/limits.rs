//! How much somebody does.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use acta_application::access::counters::gcra::{Arrival, Pace, take_from_each};
use acta_application::access::{CountersError, LimitKey, MemoryRateLimits, Quota, RateLimits, Taken};
use acta_domain::Timestamp;
use async_trait::async_trait;
use metrics::counter;
use redis::Script;

use crate::RequestError;
use crate::link::Link;

/// How long an instance counts alone before one request asks Redis again, in microseconds.
const ALONE: i64 = 1_000_000;
/// No answer is missing.
const NEVER: i64 = i64::MIN;

/// Counts in Redis, for all instances: one key for each that is counted, which expires when it counts nothing any more.
///
/// All keys are in one slot of a cluster, because several are decided on at once. Time is the instances' own.
///
/// While Redis does not answer, each instance counts for itself, from nothing: with `n` of them, somebody may do `n` times as much. One
/// request a second asks whether it is there again. `acta_rate_limits_alone_total` counts what was decided alone.
pub struct RedisRateLimits {
    link: Arc<Link>,
    own: Arc<MemoryRateLimits>,
    take: Script,
    give_back: Script,
    /// When Redis is asked again.
    again: AtomicI64,
}

impl RedisRateLimits {
    pub(crate) fn new(link: Arc<Link>, own: Arc<MemoryRateLimits>) -> Self {
        let take = Script::new(include_str!("scripts/take.lua"));
        let give_back = Script::new(include_str!("scripts/give_back.lua"));
        Self { link, own, take, give_back, again: AtomicI64::new(NEVER) }
    }

    fn name(&self, LimitKey(key): &LimitKey) -> String {
        format!("{}{{limits}}:{key}", self.link.prefix)
    }

    async fn take_shared(&self, wishes: &[(LimitKey, Quota)], now: Timestamp) -> Result<Taken, RequestError> {
        let mut call = self.take.prepare_invoke();
        call.arg(now.as_micros());
        for (key, quota) in wishes {
            let pace = Pace::from(*quota);
            call.key(self.name(key)).arg(pace.interval).arg(pace.whole);
        }
        let before: Vec<Option<i64>> =
            self.link.ask(|mut connection| async move { call.invoke_async(&mut connection).await }).await?;
        let arrivals: Vec<_> = before.into_iter().map(|arrival| arrival.map(Arrival)).collect();
        Ok(take_from_each(&arrivals, wishes, now).0)
    }

    async fn give_back_shared(
        &self,
        key: &LimitKey,
        quota: Quota,
        now: Timestamp,
    ) -> Result<(), RequestError> {
        let (mut call, pace) = (self.give_back.prepare_invoke(), Pace::from(quota));
        call.key(self.name(key)).arg(now.as_micros()).arg(pace.interval).arg(pace.whole);
        self.link.ask(|mut connection| async move { call.invoke_async(&mut connection).await }).await
    }

    /// Whether this request asks Redis: each does, unless the last answer is missing; then one a second. A clock that was put back counts.
    fn may_ask(&self, now: Timestamp) -> bool {
        let (again, now) = (self.again.load(Ordering::Relaxed), now.as_micros());
        if again == NEVER {
            return true;
        }
        let is_due = now >= again || again > now + ALONE;
        let claim =
            |again| self.again.compare_exchange(again, now + ALONE, Ordering::Relaxed, Ordering::Relaxed);
        is_due && claim(again).is_ok()
    }

    /// Notes whether Redis answered, and gives the answer. Why there is none is in the health and the log.
    fn note<T>(&self, answer: Result<T, RequestError>, now: Timestamp) -> Option<T> {
        let again = if answer.is_ok() { NEVER } else { now.as_micros() + ALONE };
        self.again.store(again, Ordering::Relaxed);
        answer.ok()
    }
}

#[async_trait]
impl RateLimits for RedisRateLimits {
    async fn take(&self, wishes: &[(LimitKey, Quota)], now: Timestamp) -> Result<Taken, CountersError> {
        if wishes.is_empty() {
            return Ok(Taken::All(Vec::new()));
        }
        if self.may_ask(now)
            && let Some(taken) = self.note(self.take_shared(wishes, now).await, now)
        {
            return Ok(taken);
        }
        counter!("acta_rate_limits_alone_total").increment(1);
        Ok(self.own.take_now(wishes, now))
    }

    async fn give_back(&self, key: &LimitKey, quota: Quota, now: Timestamp) -> Result<(), CountersError> {
        let is_shared =
            self.may_ask(now) && self.note(self.give_back_shared(key, quota, now).await, now).is_some();
        if !is_shared {
            self.own.give_back_now(key, quota, now);
        }
        Ok(())
    }
}

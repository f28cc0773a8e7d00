//! The contracts of shared counters.

use std::sync::Arc;
use std::time::Duration;

use acta_application::access::counters::contract::{LimitsHarness, ReplayHarness};
use acta_redis::{RedisCounters, RedisRateLimits, RedisReplayCache};
use acta_throwaway::{Redis, fresh_prefix};
use async_trait::async_trait;

use crate::given::{limits, options};

/// Counters with names that nobody else uses.
struct Counters {
    url: String,
    prefix: String,
}

impl Counters {
    async fn none() -> Self {
        Self { url: Redis::any().await.unwrap(), prefix: fresh_prefix() }
    }

    fn open(&self) -> RedisCounters {
        let options = options(&self.url).with_prefix(&self.prefix).unwrap();
        RedisCounters::new(&options.with_skew(Duration::ZERO)).unwrap()
    }
}

#[async_trait]
impl ReplayHarness for Counters {
    type Cache = RedisReplayCache;

    async fn new() -> Self {
        Self::none().await
    }

    async fn open(&self) -> Arc<RedisReplayCache> {
        Arc::new(Self::open(self).replay_cache())
    }
}

#[async_trait]
impl LimitsHarness for Counters {
    type Limits = RedisRateLimits;

    async fn new() -> Self {
        Self::none().await
    }

    async fn open(&self) -> Arc<RedisRateLimits> {
        Arc::new(limits(&Self::open(self)))
    }
}

acta_application::replay_contract!(Counters);
acta_application::limits_contract!(Counters);

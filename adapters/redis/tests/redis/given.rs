//! Servers, counters in them, and what is asked of them.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use acta_application::access::counters::contract::replay_key;
use acta_application::access::{
    CountersError, LimitKey, MemoryRateLimits, RateLimits as _, ReplayCache as _, Taken,
};
use acta_domain::Timestamp;
use acta_redis::{RedisCounters, RedisOptions, RedisRateLimits, RequestError};

/// The longest that anything may take that must happen.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(1_800_000_000_000_000 + seconds * 1_000_000).unwrap()
}

pub(crate) fn options(url: &str) -> RedisOptions {
    RedisOptions::new(url).unwrap().with_patience(PATIENCE)
}

pub(crate) fn counters(url: &str) -> RedisCounters {
    RedisCounters::new(&options(url)).unwrap()
}

pub(crate) fn limits(counters: &RedisCounters) -> RedisRateLimits {
    counters.rate_limits(Arc::new(MemoryRateLimits::default()))
}

/// Uses key `number` for ten minutes.
pub(crate) async fn use_once(counters: &RedisCounters, number: u64) -> Result<bool, CountersError> {
    counters.replay_cache().first_use(replay_key(number), at(600), at(0)).await
}

/// Takes one of two an hour.
pub(crate) async fn is_given(limits: &RedisRateLimits, now: Timestamp) -> bool {
    let wish = (LimitKey("user".to_owned()), "2/h".parse().unwrap());
    matches!(limits.take(&[wish], now).await.unwrap(), Taken::All(_))
}

pub(crate) fn state(counters: &RedisCounters) -> (&'static str, bool) {
    let health = counters.health()();
    assert_eq!(health.name, "counters");
    (health.state, health.well)
}

/// What Redis, or the way to it, did.
pub(crate) fn reason<T: std::fmt::Debug>(refused: Result<T, CountersError>) -> RequestError {
    match refused {
        Err(CountersError::Unavailable(fault)) => fault.downcast_ref::<RequestError>().unwrap().clone(),
        other => panic!("{other:?}"),
    }
}

/// The error and all that it came from.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

/// Asks until there is an answer.
pub(crate) async fn comes_back(counters: &RedisCounters) {
    let asking = async {
        while counters.check().await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.expect("it is there again");
}

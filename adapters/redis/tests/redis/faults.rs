//! Redis is away, slow, silent, or comes back empty.

use std::time::Duration;

use acta_redis::{RedisCounters, RedisOptions, RequestError};
use acta_throwaway::{FaultProxy, Redis};
use tokio::time::Instant;

use crate::given::{PATIENCE, at, chain, comes_back, counters, is_given, limits, reason, state, use_once};

/// As long as an answer is waited for, where one is missing.
const SHORT: Duration = Duration::from_millis(100);
/// Much longer than that, much shorter than what is late.
const SOON: Duration = Duration::from_secs(5);

fn impatient(proxy: &FaultProxy) -> RedisCounters {
    let url = format!("redis://{}", proxy.address());
    RedisCounters::new(&RedisOptions::new(&url).unwrap().with_patience(SHORT)).unwrap()
}

#[tokio::test]
async fn a_server_that_was_never_there_is_an_error_and_no_wait() {
    let redis = Redis::start().await.unwrap();
    redis.kill().await.unwrap();
    let counters = counters(&redis.url());
    assert_eq!(state(&counters), ("connecting", true));
    let asked = Instant::now();
    let error = reason(use_once(&counters, 1).await);
    assert!(matches!(error, RequestError::Unreachable(_)), "{}", chain(&error));
    assert!(chain(&error).contains("refused"), "{}", chain(&error));
    assert!(asked.elapsed() < SOON);
    assert_eq!(state(&counters), ("away", false));
    redis.start_again().await.unwrap();
    comes_back(&counters).await;
    assert!(use_once(&counters, 1).await.unwrap());
}

#[tokio::test]
async fn without_a_server_uses_are_refused_and_limits_are_counted_alone() {
    let redis = Redis::start().await.unwrap();
    let counters = counters(&redis.url());
    let limits = limits(&counters);
    assert!(use_once(&counters, 1).await.unwrap());
    assert!(is_given(&limits, at(0)).await);
    assert_eq!(state(&counters), ("shared", true));
    redis.kill().await.unwrap();
    let error = reason(use_once(&counters, 2).await);
    assert!(matches!(error, RequestError::Unreachable(_)), "{}", chain(&error));
    assert_eq!(state(&counters), ("away", false));
    assert!(is_given(&limits, at(1)).await);
    assert!(is_given(&limits, at(1)).await);
    assert!(!is_given(&limits, at(1)).await, "the instance's own count is a limit too");
}

#[tokio::test]
async fn a_server_that_comes_back_empty_is_used_again() {
    let redis = Redis::start().await.unwrap();
    let counters = counters(&redis.url());
    let limits = limits(&counters);
    assert!(is_given(&limits, at(0)).await);
    assert!(is_given(&limits, at(0)).await);
    redis.kill().await.unwrap();
    assert!(is_given(&limits, at(1)).await, "counted alone");
    redis.start_again().await.unwrap();
    comes_back(&counters).await;
    assert!(is_given(&limits, at(2)).await);
    assert!(is_given(&limits, at(2)).await);
    assert!(!is_given(&limits, at(2)).await, "it counts again, with scripts that it did not know");
    assert_eq!(state(&counters), ("shared", true));
}

#[tokio::test]
async fn a_slow_server_is_waited_for_as_long_as_it_was_said() {
    let redis = Redis::start().await.unwrap();
    let proxy = FaultProxy::start(redis.address()).await.unwrap();
    let counters = impatient(&proxy);
    comes_back(&counters).await;
    proxy.delay(PATIENCE);
    for number in 0..3 {
        let asked = Instant::now();
        let error = reason(use_once(&counters, number).await);
        assert!(matches!(error, RequestError::Late(SHORT)), "{}", chain(&error));
        assert!((SHORT..SOON).contains(&asked.elapsed()), "{:?}", asked.elapsed());
    }
    assert_eq!(state(&counters), ("away", false));
    proxy.delay(Duration::ZERO);
    comes_back(&counters).await;
    assert!(use_once(&counters, 9).await.unwrap());
}

#[tokio::test]
async fn many_who_count_alone_do_not_all_wait_for_a_silent_server() {
    let redis = Redis::start().await.unwrap();
    let proxy = FaultProxy::start(redis.address()).await.unwrap();
    let counters = impatient(&proxy);
    let limits = limits(&counters);
    comes_back(&counters).await;
    proxy.delay(PATIENCE);
    let asked = Instant::now();
    for _ in 0..1_000 {
        is_given(&limits, at(0)).await;
    }
    assert!((SHORT..SOON).contains(&asked.elapsed()), "{:?}", asked.elapsed());
    assert!(!is_given(&limits, at(0)).await, "they were counted alone");
}

#[tokio::test]
async fn a_connection_that_breaks_is_made_again() {
    let redis = Redis::start().await.unwrap();
    let proxy = FaultProxy::start(redis.address()).await.unwrap();
    let counters = counters(&format!("redis://{}", proxy.address()));
    assert!(use_once(&counters, 1).await.unwrap());
    proxy.cut().await;
    let error = reason(use_once(&counters, 2).await);
    assert!(matches!(error, RequestError::Unreachable(_)), "{}", chain(&error));
    proxy.mend().await;
    comes_back(&counters).await;
    assert!(!use_once(&counters, 1).await.unwrap());
}

#[tokio::test]
async fn a_use_whose_answer_was_lost_is_refused_and_counts() {
    let redis = Redis::start().await.unwrap();
    let proxy = FaultProxy::start(redis.address()).await.unwrap();
    let counters = counters(&format!("redis://{}", proxy.address()));
    counters.check().await.unwrap();
    proxy.lose_answer_to("acta:replay:");
    reason(use_once(&counters, 1).await);
    proxy.wait_until_lost(1).await;
    comes_back(&counters).await;
    assert!(!use_once(&counters, 1).await.unwrap(), "nobody was told that it was the first");
}

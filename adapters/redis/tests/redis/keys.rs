//! What is left in Redis.

use std::collections::BTreeMap;

use acta_application::access::counters::contract::replay_key;
use acta_application::access::{LimitKey, RateLimits as _, ReplayCache as _};
use acta_redis::{RedisCounters, RedisOptions};
use acta_throwaway::Redis;

use crate::given::{at, counters, is_given, limits, options, use_once};

/// The name of every key, and in how many milliseconds it expires.
async fn keys(redis: &Redis) -> BTreeMap<String, i64> {
    let mut client =
        redis::Client::open(redis.url()).unwrap().get_multiplexed_async_connection().await.unwrap();
    let names: Vec<String> = redis::cmd("KEYS").arg("*").query_async(&mut client).await.unwrap();
    let mut keys = BTreeMap::new();
    for name in names {
        let expiry = redis::cmd("PTTL").arg(&name).query_async(&mut client).await.unwrap();
        keys.insert(name, expiry);
    }
    keys
}

#[tokio::test]
async fn a_use_is_kept_under_a_digest_for_its_time_and_the_difference_of_clocks() {
    let redis = Redis::start().await.unwrap();
    assert!(use_once(&counters(&redis.url()), 1).await.unwrap());
    let keys = keys(&redis).await;
    let (name, expiry) = keys.first_key_value().unwrap();
    assert_eq!((keys.len(), name.len()), (1, "acta:replay:".len() + 32), "{keys:?}");
    assert!((540_000..=610_000).contains(expiry), "{keys:?}");
}

#[tokio::test]
async fn a_use_whose_time_was_over_already_is_kept_for_the_difference_of_clocks() {
    let redis = Redis::start().await.unwrap();
    let cache = counters(&redis.url()).replay_cache();
    assert!(cache.first_use(replay_key(1), at(0), at(60)).await.unwrap());
    assert!(!cache.first_use(replay_key(1), at(0), at(60)).await.unwrap());
}

#[tokio::test]
async fn what_is_counted_is_in_one_slot_until_it_counts_nothing() {
    let redis = Redis::start().await.unwrap();
    let options = options(&redis.url()).with_prefix("here:").unwrap();
    let limits = limits(&RedisCounters::new(&options).unwrap());
    let wishes = ["user:1", "tenant:{2}"].map(|name| (LimitKey(name.to_owned()), "1/15min".parse().unwrap()));
    limits.take(&wishes, at(0)).await.unwrap();
    let kept = keys(&redis).await;
    assert!(kept.keys().eq(["here:{limits}:tenant:{2}", "here:{limits}:user:1"]), "{kept:?}");
    assert!(kept.values().all(|expiry| (840_000..=900_000).contains(expiry)), "{kept:?}");
    for (key, quota) in wishes {
        limits.give_back(&key, quota, at(0)).await.unwrap();
    }
    assert!(keys(&redis).await.is_empty());
}

#[tokio::test]
async fn databases_do_not_meet() {
    let redis = Redis::start().await.unwrap();
    let urls = [0, 1].map(|database| format!("{}/{database}", redis.url()));
    for url in &urls {
        let counters = RedisCounters::new(&RedisOptions::new(url).unwrap()).unwrap();
        assert!(use_once(&counters, 1).await.unwrap());
    }
    assert_eq!(keys(&redis).await.len(), 1);
}

#[tokio::test]
async fn another_value_under_a_name_of_ours_is_an_error_and_not_an_answer() {
    let redis = Redis::start().await.unwrap();
    let mut client =
        redis::Client::open(redis.url()).unwrap().get_multiplexed_async_connection().await.unwrap();
    let _: () =
        redis::cmd("SET").arg("acta:{limits}:user").arg("much").query_async(&mut client).await.unwrap();
    let counters = counters(&redis.url());
    let limits = limits(&counters);
    assert!(is_given(&limits, at(0)).await, "counted alone");
    assert_eq!(crate::given::state(&counters), ("refused", false));
}

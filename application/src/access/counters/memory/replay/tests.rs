use std::sync::Arc;

use super::*;
use crate::access::counters::contract::{ReplayHarness, replay_key};

#[async_trait]
impl ReplayHarness for Arc<MemoryReplayCache> {
    type Cache = MemoryReplayCache;

    async fn new() -> Self {
        Self::default()
    }

    async fn open(&self) -> Arc<MemoryReplayCache> {
        Self::clone(self)
    }
}

crate::replay_contract!(Arc<MemoryReplayCache>);

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(1_800_000_000_000_000 + seconds * 1_000_000).unwrap()
}

fn holding(most: usize) -> MemoryReplayCache {
    MemoryReplayCache::new(NonZeroUsize::new(most).unwrap())
}

fn is_first(cache: &MemoryReplayCache, number: u64, until: i64, now: i64) -> bool {
    cache.first_use_now(replay_key(number), at(until), at(now)).unwrap()
}

#[test]
fn a_full_cache_refuses_new_ones_and_forgets_none_that_counts() {
    let cache = holding(100);
    assert!((0..100).all(|number| is_first(&cache, number, 60, 0)));
    for number in 100..200 {
        let refused = cache.first_use_now(replay_key(number), at(60), at(59));
        assert!(matches!(refused, Err(CountersError::Full)), "{refused:?}");
    }
    assert!((0..100).all(|number| !is_first(&cache, number, 60, 59)));
    assert_eq!(cache.kept(), 100);
}

#[test]
fn those_whose_time_is_over_leave_for_new_ones() {
    let cache = holding(100);
    assert!((0..50).all(|number| is_first(&cache, number, 30, 0)));
    assert!((50..100).all(|number| is_first(&cache, number, 60, 0)));
    assert!((100..150).all(|number| is_first(&cache, number, 60, 30)));
    assert!((50..150).all(|number| !is_first(&cache, number, 90, 30)));
    assert_eq!(cache.kept(), 100);
}

#[test]
fn all_whose_time_is_over_are_gone_after_as_many_others() {
    let cache = holding(1_000_000);
    assert!((0..10_000).all(|number| is_first(&cache, number, 30, 0)));
    assert!((10_000..20_000).all(|number| is_first(&cache, number, 60, 30)));
    assert_eq!(cache.kept(), 10_000);
    assert!(cache.shards.iter().all(|shard| shard.lock().unwrap().ending.len() == 1));
}

#[test]
fn a_key_that_is_used_anew_after_its_time_is_remembered_for_the_new_one() {
    let cache = holding(10);
    assert!(is_first(&cache, 1, 30, 0));
    assert!(is_first(&cache, 1, 90, 30));
    assert!((2..9).all(|number| is_first(&cache, number, 90, 31)), "others sweep");
    assert!(!is_first(&cache, 1, 90, 89));
    assert!(is_first(&cache, 1, 200, 90));
}

#[test]
fn a_key_is_remembered_until_the_second_is_over() {
    let cache = holding(10);
    let until = Timestamp::from_micros(at(30).as_micros() + 1).unwrap();
    assert!(cache.first_use_now(replay_key(1), until, at(0)).unwrap());
    assert!(!is_first(&cache, 1, 60, 30));
    assert!(is_first(&cache, 1, 60, 31));
}

#[test]
fn the_last_moment_of_all_is_a_time_like_others() {
    let cache = holding(10);
    assert!(cache.first_use_now(replay_key(1), Timestamp::MAX, at(0)).unwrap());
    assert!(!is_first(&cache, 1, 60, 1_000_000_000));
}

use std::sync::Arc;

use super::*;
use crate::access::counters::contract::LimitsHarness;

#[async_trait]
impl LimitsHarness for Arc<MemoryRateLimits> {
    type Limits = MemoryRateLimits;

    async fn new() -> Self {
        Self::default()
    }

    async fn open(&self) -> Arc<MemoryRateLimits> {
        Self::clone(self)
    }
}

crate::limits_contract!(Arc<MemoryRateLimits>);

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(1_800_000_000_000_000 + seconds * 1_000_000).unwrap()
}

/// Takes one of one a minute from key `number`.
fn takes(limits: &MemoryRateLimits, number: usize, now: Timestamp) -> bool {
    let wish = (LimitKey(format!("key:{number}")), "1/min".parse().unwrap());
    matches!(limits.take_now(&[wish], now), Taken::All(_))
}

#[test]
fn keys_that_count_nothing_any_more_leave() {
    let limits = MemoryRateLimits::default();
    assert!((0..100).all(|number| takes(&limits, number, at(0))));
    assert_eq!(limits.kept(), 100);
    assert!((100..200).all(|number| takes(&limits, number, at(60))));
    assert_eq!(limits.kept(), 100);
}

#[test]
fn there_are_never_more_keys_than_there_may_be_and_the_one_used_longest_ago_starts_anew() {
    let limits = MemoryRateLimits::new(NonZeroUsize::new(3).unwrap());
    assert!((0..3).all(|number| takes(&limits, number, at(0))));
    assert!(!takes(&limits, 0, at(1)));
    assert!(takes(&limits, 3, at(2)));
    assert_eq!(limits.kept(), 3);
    assert!(!takes(&limits, 0, at(3)), "it was used since");
    assert!(takes(&limits, 1, at(3)));
}

#[test]
fn what_was_given_back_in_full_is_not_kept() {
    let limits = MemoryRateLimits::default();
    assert!(takes(&limits, 1, at(0)));
    limits.give_back_now(&LimitKey("key:1".to_owned()), "1/min".parse().unwrap(), at(1));
    assert_eq!(limits.kept(), 0);
}

//! What all rate limits must do. Time is a parameter, so these cases need no patience.

#![expect(clippy::missing_panics_doc, reason = "a case that panics is a case that failed")]

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use acta_domain::Timestamp;
use async_trait::async_trait;
use tokio::task::JoinSet;

use crate::access::{Allowance, LimitKey, Quota, RateLimits, Taken};

/// Counters of its own for one case, which have counted nothing.
#[async_trait]
pub trait LimitsHarness: Sized + Send + Sync + 'static {
    /// The limits under test.
    type Limits: RateLimits;

    /// Counters that have counted nothing.
    async fn new() -> Self;

    /// Opens them, each time as another instance of the service does, if there can be more than one.
    async fn open(&self) -> Arc<Self::Limits>;
}

/// One test for each case of the contract, against the
/// [`LimitsHarness`](crate::access::counters::contract::LimitsHarness) `$harness`.
#[macro_export]
macro_rules! limits_contract {
    ($harness:ty) => {
        $crate::contract_cases!(
            $crate::access::counters::contract,
            $harness,
            [
                as_many_as_the_quota_are_given_at_once_and_no_more,
                what_was_taken_comes_back_at_the_rate_of_the_quota,
                whoever_is_refused_is_told_when_to_come_again,
                instances_share_a_quota,
                different_keys_have_quotas_of_their_own,
                of_several_quotas_one_is_taken_from_each_or_from_none,
                the_quota_that_takes_longest_is_named,
                a_key_that_is_wished_for_twice_is_counted_once,
                who_wishes_for_nothing_is_given_it,
                what_was_given_back_can_be_taken_again,
                nobody_gets_more_than_the_quota_by_giving_back,
                a_key_may_be_any_text,
                of_a_thousand_who_take_at_once_as_many_are_given_as_the_quota_has,
            ]
        );
    };
}

/// A moment so many seconds after noon of some day.
fn at(seconds: u64) -> Timestamp {
    after(Duration::from_secs(seconds))
}

fn after(noon: Duration) -> Timestamp {
    let micros = i64::try_from(noon.as_micros()).expect("it is before 9999");
    Timestamp::from_micros(1_800_000_000_000_000 + micros).expect("it is before 9999")
}

fn key(name: &str) -> LimitKey {
    LimitKey(name.to_owned())
}

/// So many an hour: long enough that what is outside forgets nothing while a case runs.
fn hourly(most: u32) -> Quota {
    Quota { most: NonZeroU32::new(most).expect("it is not zero"), period: Duration::from_hours(1) }
}

async fn take(limits: &impl RateLimits, wishes: &[(&str, u32)], now: Timestamp) -> Taken {
    let wishes: Vec<_> = wishes.iter().map(|(name, most)| (key(name), hourly(*most))).collect();
    limits.take(&wishes, now).await.expect("the limits answer")
}

async fn is_given(limits: &impl RateLimits, name: &str, most: u32, now: Timestamp) -> bool {
    matches!(take(limits, &[(name, most)], now).await, Taken::All(_))
}

async fn give_back(limits: &impl RateLimits, name: &str, most: u32, now: Timestamp) {
    limits.give_back(&key(name), hourly(most), now).await.expect("the limits answer");
}

/// Two instances of the service with counters that have counted nothing.
async fn two<H: LimitsHarness>() -> (H, Arc<H::Limits>, Arc<H::Limits>) {
    let harness = H::new().await;
    let (one, other) = (harness.open().await, harness.open().await);
    (harness, one, other)
}

/// Given a quota of which nothing was used, all of it is given at once, what is left is told each time, and then no more is given.
pub async fn as_many_as_the_quota_are_given_at_once_and_no_more<H: LimitsHarness>() {
    let (_harness, one, _) = two::<H>().await;
    for number in 1..=4_u32 {
        let reset_after = Duration::from_mins(15) * number;
        let left = Allowance { quota: hourly(4), remaining: 4 - number, reset_after };
        assert_eq!(take(&*one, &[("user", 4)], at(0)).await, Taken::All(vec![left]));
    }
    assert!(!is_given(&*one, "user", 4, at(0)).await);
}

/// Given a quota that is used up, one is given after each interval, and all after the period.
pub async fn what_was_taken_comes_back_at_the_rate_of_the_quota<H: LimitsHarness>() {
    let (_harness, one, _) = two::<H>().await;
    for _ in 0..4 {
        assert!(is_given(&*one, "user", 4, at(0)).await);
    }
    for minute in [15, 30, 45] {
        assert!(is_given(&*one, "user", 4, at(minute * 60)).await);
        assert!(!is_given(&*one, "user", 4, at(minute * 60 + 1)).await);
    }
    for _ in 0..4 {
        assert!(is_given(&*one, "user", 4, at(45 * 60 + 3_600)).await);
    }
}

/// Given a quota that is used up, whoever comes when told to is given one, and nobody sooner, however often they ask.
pub async fn whoever_is_refused_is_told_when_to_come_again<H: LimitsHarness>() {
    let (_harness, one, other) = two::<H>().await;
    assert!(is_given(&*one, "user", 1, at(0)).await);
    for second in 1..4 {
        let Taken::None { exhausted, retry_after, left } = take(&*other, &[("user", 1)], at(second)).await
        else {
            panic!("there was one")
        };
        assert_eq!((exhausted, retry_after), (0, Duration::from_secs(3_600 - second)));
        assert_eq!(left, [Allowance { quota: hourly(1), remaining: 0, reset_after: retry_after }]);
    }
    let just_before = Duration::from_hours(1) - Duration::from_micros(1);
    assert!(!is_given(&*other, "user", 1, after(just_before)).await);
    assert!(is_given(&*other, "user", 1, at(3_600)).await);
}

/// Given a quota that is used up at one instance, it is used up at another.
pub async fn instances_share_a_quota<H: LimitsHarness>() {
    let (harness, one, other) = two::<H>().await;
    assert!(is_given(&*one, "user", 2, at(0)).await);
    assert!(is_given(&*other, "user", 2, at(0)).await);
    assert!(!is_given(&*one, "user", 2, at(0)).await);
    assert!(!is_given(&*other, "user", 2, at(0)).await);
    assert!(!is_given(&*harness.open().await, "user", 2, at(0)).await, "also at one that was started since");
}

/// Given a key whose quota is used up, another's is not.
pub async fn different_keys_have_quotas_of_their_own<H: LimitsHarness>() {
    let (_harness, one, _) = two::<H>().await;
    assert!(is_given(&*one, "user", 1, at(0)).await);
    assert!(is_given(&*one, "other", 1, at(0)).await);
    assert!(!is_given(&*one, "user", 1, at(0)).await);
}

/// Given several quotas of which one is used up, nothing is taken from the others, wherever it stands.
pub async fn of_several_quotas_one_is_taken_from_each_or_from_none<H: LimitsHarness>() {
    let (_harness, one, other) = two::<H>().await;
    assert!(matches!(take(&*one, &[("user", 1), ("tenant", 3)], at(0)).await, Taken::All(_)));
    for wishes in [[("user", 1), ("tenant", 3)], [("tenant", 3), ("user", 1)]] {
        let Taken::None { exhausted, left, .. } = take(&*other, &wishes, at(0)).await else {
            panic!("`user` is used up")
        };
        assert_eq!(wishes[exhausted].0, "user");
        assert_eq!(left.iter().map(|left| left.remaining).sum::<u32>(), 2);
    }
    let Taken::All(left) = take(&*one, &[("other", 1), ("tenant", 3)], at(0)).await else {
        panic!("`tenant` has two more")
    };
    assert_eq!(left.iter().map(|left| left.remaining).collect::<Vec<_>>(), [0, 1]);
}

/// Given several quotas that are used up, the one that is named is the one that must be waited for longest.
pub async fn the_quota_that_takes_longest_is_named<H: LimitsHarness>() {
    let (_harness, one, _) = two::<H>().await;
    let wishes = [("two", 2), ("one", 1), ("four", 4)];
    assert!(matches!(take(&*one, &wishes, at(0)).await, Taken::All(_)));
    assert!(is_given(&*one, "two", 2, at(0)).await);
    let Taken::None { exhausted, retry_after, .. } = take(&*one, &wishes, at(60)).await else {
        panic!("two are used up")
    };
    assert_eq!((exhausted, retry_after), (1, Duration::from_mins(59)));
}

/// Given two wishes for one key, one is taken.
pub async fn a_key_that_is_wished_for_twice_is_counted_once<H: LimitsHarness>() {
    let (_harness, one, _) = two::<H>().await;
    assert!(matches!(take(&*one, &[("user", 2), ("user", 2)], at(0)).await, Taken::All(_)));
    assert!(is_given(&*one, "user", 2, at(0)).await);
    assert!(!is_given(&*one, "user", 2, at(0)).await);
}

/// Given no wish at all, it comes true.
pub async fn who_wishes_for_nothing_is_given_it<H: LimitsHarness>() {
    let (_harness, one, _) = two::<H>().await;
    assert_eq!(take(&*one, &[], at(0)).await, Taken::All(vec![]));
}

/// Given one that was taken and given back, there is one more, at every instance.
pub async fn what_was_given_back_can_be_taken_again<H: LimitsHarness>() {
    let (_harness, one, other) = two::<H>().await;
    assert!(is_given(&*one, "user", 2, at(0)).await);
    assert!(is_given(&*one, "user", 2, at(0)).await);
    give_back(&*other, "user", 2, at(0)).await;
    assert!(is_given(&*one, "user", 2, at(0)).await);
    assert!(!is_given(&*one, "user", 2, at(0)).await);
}

/// Given more back than was taken, there is the quota and no more.
pub async fn nobody_gets_more_than_the_quota_by_giving_back<H: LimitsHarness>() {
    let (_harness, one, _) = two::<H>().await;
    assert!(is_given(&*one, "user", 2, at(0)).await);
    for _ in 0..3 {
        give_back(&*one, "user", 2, at(0)).await;
    }
    give_back(&*one, "nobody", 2, at(0)).await;
    for name in ["user", "nobody"] {
        assert!(is_given(&*one, name, 2, at(0)).await);
        assert!(is_given(&*one, name, 2, at(0)).await);
        assert!(!is_given(&*one, name, 2, at(0)).await);
    }
}

/// Given keys of any text, they are told from each other, and can be taken from together.
pub async fn a_key_may_be_any_text<H: LimitsHarness>() {
    let (_harness, one, _) = two::<H>().await;
    let names = ["", " ", "{a}", "}{", "a b\r\nGET", "*", "€", "login:address:2001:db8::1", "\0"];
    let wishes = names.map(|name| (name, 1));
    assert!(matches!(take(&*one, &wishes, at(0)).await, Taken::All(_)));
    for name in names {
        assert!(!is_given(&*one, name, 1, at(0)).await, "{name:?}");
    }
    assert!(is_given(&*one, "a", 1, at(0)).await);
}

/// Given a thousand who take at the same time, at two instances, as many are given as the quota has.
pub async fn of_a_thousand_who_take_at_once_as_many_are_given_as_the_quota_has<H: LimitsHarness>() {
    let (_harness, one, other) = two::<H>().await;
    let mut taking = JoinSet::new();
    for number in 0..1_000 {
        let limits = Arc::clone(if number % 2 == 0 { &one } else { &other });
        taking.spawn(async move { is_given(&*limits, "user", 100, at(0)).await });
    }
    assert_eq!(taking.join_all().await.into_iter().filter(|given| *given).count(), 100);
}

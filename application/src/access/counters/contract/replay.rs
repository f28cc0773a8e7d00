//! What every replay cache must do.

#![expect(clippy::missing_panics_doc, reason = "a case that panics is a case that failed")]

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use acta_domain::Timestamp;
use async_trait::async_trait;
use sha2::{Digest as _, Sha256};
use tokio::task::JoinSet;

use crate::access::{ReplayCache, ReplayKey};

/// A time that no case outlives.
const LONG: Duration = Duration::from_mins(10);
/// A time that a case waits for.
const SHORT: Duration = Duration::from_millis(300);
/// How long a use may take to be forgotten before a case fails.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often a use is tried that is to be forgotten.
const POLL: Duration = Duration::from_millis(10);

/// An empty cache of its own for one case. What is outside forgets by its own clock, so these cases run in real time.
#[async_trait]
pub trait ReplayHarness: Sized + Send + Sync + 'static {
    /// The cache under test.
    type Cache: ReplayCache;

    /// A cache in which nothing was used.
    async fn new() -> Self;

    /// Opens the cache, each time as another instance of the service does, if there can be more than one.
    async fn open(&self) -> Arc<Self::Cache>;
}

/// One test for each case of the contract, against the
/// [`ReplayHarness`](crate::access::counters::contract::ReplayHarness) `$harness`.
#[macro_export]
macro_rules! replay_contract {
    ($harness:ty) => {
        $crate::contract_cases!(
            $crate::access::counters::contract,
            $harness,
            [
                a_first_use_is_told_from_all_others,
                a_use_is_known_to_every_instance,
                uses_of_different_keys_are_independent,
                a_use_is_forgotten_after_its_time_and_not_before,
                of_a_thousand_uses_at_once_one_is_the_first,
            ]
        );
    };
}

/// Key number `number`.
pub fn replay_key(number: u64) -> ReplayKey {
    ReplayKey(Sha256::digest(number.to_be_bytes()).into())
}

#[expect(clippy::disallowed_methods, reason = "what is outside forgets by its own clock")]
fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970");
    later(Timestamp::MIN, since)
}

fn later(moment: Timestamp, by: Duration) -> Timestamp {
    let by = i64::try_from(by.as_micros()).expect("it is before 9999");
    Timestamp::from_micros(moment.as_micros() + by).expect("it is before 9999")
}

async fn is_first(cache: &impl ReplayCache, number: u64, until: Timestamp) -> bool {
    cache.first_use(replay_key(number), until, now()).await.expect("the cache answers")
}

/// Two instances of the service with one empty cache.
async fn two<H: ReplayHarness>() -> (H, Arc<H::Cache>, Arc<H::Cache>) {
    let harness = H::new().await;
    let (one, other) = (harness.open().await, harness.open().await);
    (harness, one, other)
}

/// Given a key, its first use is one, and none after it.
pub async fn a_first_use_is_told_from_all_others<H: ReplayHarness>() {
    let (_harness, one, _) = two::<H>().await;
    let until = later(now(), LONG);
    assert!(is_first(&*one, 1, until).await);
    for _ in 0..3 {
        assert!(!is_first(&*one, 1, until).await);
    }
}

/// Given a use at one instance, it is known at another.
pub async fn a_use_is_known_to_every_instance<H: ReplayHarness>() {
    let (harness, one, other) = two::<H>().await;
    let until = later(now(), LONG);
    assert!(is_first(&*one, 1, until).await);
    assert!(!is_first(&*other, 1, until).await);
    assert!(!is_first(&*harness.open().await, 1, until).await, "also at one that was started since");
}

/// Given many keys, each has a first use.
pub async fn uses_of_different_keys_are_independent<H: ReplayHarness>() {
    let (_harness, one, other) = two::<H>().await;
    let until = later(now(), LONG);
    for number in 0..100 {
        assert!(is_first(&*one, number, until).await);
    }
    for number in 0..100 {
        assert!(!is_first(&*other, number, until).await);
    }
}

/// Given a use, it counts until its time, and not for ever.
pub async fn a_use_is_forgotten_after_its_time_and_not_before<H: ReplayHarness>() {
    let (_harness, one, other) = two::<H>().await;
    let until = later(now(), SHORT);
    assert!(is_first(&*one, 1, until).await);
    let asking = async {
        while !is_first(&*other, 1, later(now(), LONG)).await {
            tokio::time::sleep(POLL).await;
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.expect("a use whose time is over is forgotten");
    assert!(now() >= until, "it was forgotten before its time");
    assert!(!is_first(&*one, 1, until).await, "the new use counts");
}

/// Given a thousand uses of a key at the same time, at two instances, one of them is the first.
pub async fn of_a_thousand_uses_at_once_one_is_the_first<H: ReplayHarness>() {
    let (_harness, one, other) = two::<H>().await;
    let until = later(now(), LONG);
    let mut uses = JoinSet::new();
    for number in 0..1_000 {
        let cache = Arc::clone(if number % 2 == 0 { &one } else { &other });
        uses.spawn(async move { is_first(&*cache, 1, until).await });
    }
    assert_eq!(uses.join_all().await.into_iter().filter(|is_first| *is_first).count(), 1);
}

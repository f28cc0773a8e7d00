//! What every shared store of leases must do, as tests that any store runs.
//!
//! Implement [`LeasesHarness`] for the store, then `acta_application::leases_contract!(YourHarness);` in a test file.
//! [`SoleInstance`](super::SoleInstance) cannot pass: it is not shared.

#![expect(clippy::missing_panics_doc, reason = "a case that panics is a case that failed")]

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::task::JoinSet;
use tokio::time::Instant;
use uuid::Uuid;

use super::{HolderId, LeaseName, Leases};

/// A term that no case outlives.
const LONG: Duration = Duration::from_mins(10);
/// A term that a case waits for.
const SHORT: Duration = Duration::from_millis(200);
/// How long a lease may take to become free before a case fails.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often a lease is asked for that is to become free.
const POLL: Duration = Duration::from_millis(10);

/// An empty store of its own for one case.
#[async_trait]
pub trait LeasesHarness: Sized + Send + Sync + 'static {
    /// The store under test.
    type Leases: Leases;

    /// A store in which nobody holds anything.
    async fn new() -> Self;

    /// Opens the store, each time as another instance of the service does.
    async fn open(&self) -> Arc<Self::Leases>;
}

/// One test for each case of the contract, against the [`LeasesHarness`](crate::leases::contract::LeasesHarness) `$harness`.
#[macro_export]
macro_rules! leases_contract {
    ($harness:ty) => {
        $crate::contract_cases!(
            $crate::leases::contract,
            $harness,
            [
                a_free_lease_is_given,
                a_held_lease_is_refused_to_others,
                a_lease_is_renewed_by_its_holder,
                a_renewal_counts_from_when_it_was_made,
                a_lease_is_given_to_another_after_its_term,
                a_lease_that_ended_is_lost_to_whoever_took_it_meanwhile,
                a_lease_that_was_given_up_is_free_at_once,
                only_its_holder_can_give_a_lease_up,
                giving_up_what_nobody_holds_changes_nothing,
                of_sixteen_who_want_a_free_lease_at_once_one_gets_it,
                of_sixteen_who_want_an_ended_lease_at_once_one_gets_it,
                leases_of_different_names_are_independent,
            ]
        );
    };
}

/// Instance number `number`.
pub fn holder(number: u128) -> HolderId {
    HolderId(Uuid::from_u128(0xacda_0000 + number))
}

/// The lease that most cases are about.
pub fn lease() -> LeaseName {
    LeaseName::new("projection.floor")
}

/// Two instances of the service on one empty store.
async fn two<H: LeasesHarness>() -> (H, Arc<H::Leases>, Arc<H::Leases>) {
    let harness = H::new().await;
    let (one, other) = (harness.open().await, harness.open().await);
    (harness, one, other)
}

async fn taken(leases: &impl Leases, who: HolderId, term: Duration) -> bool {
    leases.take(&lease(), who, term).await.expect("the leases can be written")
}

async fn given_up(leases: &impl Leases, who: HolderId) {
    leases.give_up(&lease(), who).await.expect("the leases can be written");
}

/// Waits until `who` gets the lease, which somebody else holds.
async fn taken_in_the_end(leases: &impl Leases, who: HolderId, term: Duration) {
    let asking = async {
        while !taken(leases, who, term).await {
            tokio::time::sleep(POLL).await;
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.expect("a lease that is not renewed ends");
}

/// Given a lease that nobody ever had, it is given.
pub async fn a_free_lease_is_given<H: LeasesHarness>() {
    let (_harness, one, _) = two::<H>().await;
    assert!(taken(&*one, holder(1), LONG).await);
}

/// Given a lease that is held, others are refused, however often they ask.
pub async fn a_held_lease_is_refused_to_others<H: LeasesHarness>() {
    let (_harness, one, other) = two::<H>().await;
    assert!(taken(&*one, holder(1), LONG).await);
    for _ in 0..3 {
        assert!(!taken(&*other, holder(2), LONG).await);
    }
    assert!(taken(&*one, holder(1), LONG).await, "asking in vain takes nothing from the holder");
}

/// Given a lease that is held, its holder gets it again, and others still do not.
pub async fn a_lease_is_renewed_by_its_holder<H: LeasesHarness>() {
    let (_harness, one, other) = two::<H>().await;
    assert!(taken(&*one, holder(1), SHORT).await);
    assert!(taken(&*one, holder(1), LONG).await);
    let first_term_is_over = Instant::now() + 2 * SHORT;
    while Instant::now() < first_term_is_over {
        assert!(!taken(&*other, holder(2), LONG).await);
        tokio::time::sleep(POLL).await;
    }
}

/// Given a long term and a renewal for a short one, the lease ends with the short one.
pub async fn a_renewal_counts_from_when_it_was_made<H: LeasesHarness>() {
    let (_harness, one, other) = two::<H>().await;
    assert!(taken(&*one, holder(1), LONG).await);
    assert!(taken(&*one, holder(1), SHORT).await);
    taken_in_the_end(&*other, holder(2), LONG).await;
}

/// Given a holder that does not renew, the lease is given to another after the term, and not before.
pub async fn a_lease_is_given_to_another_after_its_term<H: LeasesHarness>() {
    let (_harness, one, other) = two::<H>().await;
    let asked = Instant::now();
    assert!(taken(&*one, holder(1), SHORT).await);
    taken_in_the_end(&*other, holder(2), LONG).await;
    assert!(asked.elapsed() >= SHORT, "the term was cut short: {:?}", asked.elapsed());
}

/// Given a lease that went to another after its term, who had it before is refused.
pub async fn a_lease_that_ended_is_lost_to_whoever_took_it_meanwhile<H: LeasesHarness>() {
    let (_harness, one, other) = two::<H>().await;
    assert!(taken(&*one, holder(1), SHORT).await);
    taken_in_the_end(&*other, holder(2), LONG).await;
    assert!(!taken(&*one, holder(1), LONG).await);
    given_up(&*one, holder(1)).await;
    assert!(!taken(&*one, holder(1), LONG).await, "it is not the former holder's to give up");
}

/// Given a lease that its holder gave up, the next who asks gets it.
pub async fn a_lease_that_was_given_up_is_free_at_once<H: LeasesHarness>() {
    let (_harness, one, other) = two::<H>().await;
    assert!(taken(&*one, holder(1), LONG).await);
    given_up(&*one, holder(1)).await;
    assert!(taken(&*other, holder(2), LONG).await);
    assert!(!taken(&*one, holder(1), LONG).await);
}

/// Given a lease that is held, somebody else's giving it up changes nothing.
pub async fn only_its_holder_can_give_a_lease_up<H: LeasesHarness>() {
    let (_harness, one, other) = two::<H>().await;
    assert!(taken(&*one, holder(1), LONG).await);
    given_up(&*other, holder(2)).await;
    assert!(!taken(&*other, holder(2), LONG).await);
    assert!(taken(&*one, holder(1), LONG).await);
}

/// Given a lease that nobody holds, giving it up, also twice, is no error and leaves it free.
pub async fn giving_up_what_nobody_holds_changes_nothing<H: LeasesHarness>() {
    let (_harness, one, other) = two::<H>().await;
    given_up(&*one, holder(1)).await;
    assert!(taken(&*one, holder(1), LONG).await);
    given_up(&*one, holder(1)).await;
    given_up(&*one, holder(1)).await;
    assert!(taken(&*other, holder(2), LONG).await);
}

/// Given sixteen instances that ask for a free lease at the same time, one gets it.
pub async fn of_sixteen_who_want_a_free_lease_at_once_one_gets_it<H: LeasesHarness>() {
    let (_harness, one, other) = two::<H>().await;
    assert_eq!(of_sixteen(&one, &other).await.len(), 1);
}

/// Given sixteen instances that go on asking until a dead holder's term ends, one gets it.
pub async fn of_sixteen_who_want_an_ended_lease_at_once_one_gets_it<H: LeasesHarness>() {
    let (_harness, one, other) = two::<H>().await;
    assert!(taken(&*one, holder(100), SHORT).await);
    let asking = async {
        loop {
            let winners = of_sixteen(&one, &other).await;
            if !winners.is_empty() {
                return winners;
            }
        }
    };
    let winners = tokio::time::timeout(PATIENCE, asking).await.expect("a lease that is not renewed ends");
    assert_eq!(winners.len(), 1);
    assert!(taken(&*one, winners[0], LONG).await, "whoever was told that it has the lease has it");
}

/// Those of sixteen holders, half of them at `one` and half at `other`, who got the lease when all asked at once.
async fn of_sixteen<L: Leases>(one: &Arc<L>, other: &Arc<L>) -> Vec<HolderId> {
    let mut asking = JoinSet::new();
    for number in 0..16 {
        let leases = Arc::clone(if number % 2 == 0 { one } else { other });
        asking.spawn(async move { taken(&*leases, holder(number), LONG).await.then(|| holder(number)) });
    }
    asking.join_all().await.into_iter().flatten().collect()
}

/// Given a lease that is held, one of another name is free, and giving that one up leaves the first as it is.
pub async fn leases_of_different_names_are_independent<H: LeasesHarness>() {
    let (_harness, one, other) = two::<H>().await;
    let second = LeaseName::new("policy.heads");
    assert!(taken(&*one, holder(1), LONG).await);
    assert!(other.take(&second, holder(2), LONG).await.expect("the leases can be written"));
    other.give_up(&second, holder(2)).await.expect("the leases can be written");
    assert!(!taken(&*other, holder(2), LONG).await);
    assert!(one.take(&second, holder(1), LONG).await.expect("the leases can be written"));
}

//! What the relay says of itself.

use std::sync::Arc;
use std::time::Duration;

use acta_application::leases::{HolderId, LeaseName, Leases, LeasesError, Tenures};
use acta_application::log::contract::moment;
use acta_application::relay::RelayState;
use async_trait::async_trait;
use tokio::time::sleep;
use uuid::Uuid;

use super::world::World;

/// Leases that another instance has.
struct Taken;

#[async_trait]
impl Leases for Taken {
    async fn take(&self, _: &LeaseName, _: HolderId, _: Duration) -> Result<bool, LeasesError> {
        Ok(false)
    }

    async fn give_up(&self, _: &LeaseName, _: HolderId) -> Result<(), LeasesError> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_stands_by_tells_how_far_the_other_is_and_sends_nothing() {
    let world = World::with_events(20);
    let mut standing_by = world.start_with(Tenures::new(Arc::new(Taken), HolderId(Uuid::nil())));
    let mut relay = world.start();
    relay.reaches(world.head()).await;
    let health = standing_by.becomes(|health| health.position == world.head()).await;
    assert_eq!(health.state, RelayState::Standby);
    assert_eq!(world.topics.opened(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_outage_is_told_with_its_reason_and_its_beginning() {
    let world = World::with_events(20);
    let mut relay = world.start();
    relay.reaches(world.head()).await;
    world.clock.set(moment(60));
    world.topics.set_away(true);
    let health = relay.becomes(|health| matches!(health.state, RelayState::Waiting { .. })).await;
    assert_eq!((health.position, health.since), (world.head(), Some(moment(60))));
    let RelayState::Waiting { reason } = health.state else { panic!("it waits") };
    assert!(reason.starts_with("the broker is not available: "), "{reason}");
    world.clock.set(moment(90));
    sleep(Duration::from_secs(30)).await;
    assert_eq!(relay.health.borrow().since, Some(moment(60)), "it is the same outage");
    world.topics.set_away(false);
    relay.reaches(world.head()).await;
    assert_eq!(relay.health.borrow().since, Some(moment(90)));
}

#[tokio::test(start_paused = true)]
async fn a_relay_that_was_told_to_stop_says_so() {
    let world = World::with_events(20);
    let mut relay = world.start();
    relay.reaches(world.head()).await;
    let health = relay.health.clone();
    relay.stop().await;
    assert_eq!(health.borrow().state, RelayState::Stopped);
    assert_eq!(health.borrow().position, world.head());
}

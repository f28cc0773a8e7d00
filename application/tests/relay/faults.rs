//! Brokers that fail.

use std::time::Duration;

use acta_application::log::Position;
use acta_application::relay::memory::UnderWay;
use acta_application::relay::{Layout, RelayState};
use tokio::time::{Instant, sleep};

use super::world::World;

#[tokio::test(start_paused = true)]
async fn what_arrived_untold_before_a_connection_was_lost_is_not_sent_again() {
    for arriving in [0, 1, 5, 16] {
        let world = World::with_events(100);
        let mut relay = world.start();
        relay.reaches(Position::new(20)).await;
        world.topics.disconnect(UnderWay::Arrive(arriving));
        relay.reaches(world.head()).await;
        world.assert_whole_without_doubles();
        assert_eq!(world.topics.opened(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn what_arrives_late_is_a_double_and_disturbs_nothing() {
    let world = World::with_events(100);
    let mut relay = world.start();
    relay.reaches(Position::new(20)).await;
    world.topics.disconnect(UnderWay::ArriveLate(5, Duration::from_millis(110)));
    relay.reaches(world.head()).await;
    world.assert_whole();
    assert_eq!(world.topics.records(&world.lane()).len(), 105);
}

#[tokio::test(start_paused = true)]
async fn what_the_broker_forgot_is_published_again_in_order() {
    for (layout, partitions) in [(Layout::Single, 1), (Layout::Single, 3), (Layout::ByType, 2)] {
        let world = World::new(layout, partitions);
        world.append(100);
        let mut relay = world.start();
        relay.reaches(Position::new(60)).await;
        world.topics.forget(&[30, 0, 2], 0);
        relay.reaches(world.head()).await;
        world.assert_whole_without_doubles();
    }
}

#[tokio::test(start_paused = true)]
async fn what_arrives_at_a_broker_that_forgot_comes_again_in_its_place() {
    let world = World::with_events(100);
    let mut relay = world.start();
    relay.reaches(Position::new(60)).await;
    world.topics.forget(&[30], 4);
    relay.reaches(world.head()).await;
    world.assert_whole();
}

#[tokio::test(start_paused = true)]
async fn a_broker_that_lost_everything_is_given_everything() {
    let world = World::new(Layout::ByType, 3);
    world.append(100);
    let mut relay = world.start();
    relay.reaches(world.head()).await;
    sleep(Duration::from_secs(1)).await;
    world.topics.forget(&[usize::MAX], 0);
    relay.becomes(|health| health.state != RelayState::Relaying).await;
    relay.reaches(world.head()).await;
    world.assert_whole_without_doubles();
}

#[tokio::test(start_paused = true)]
async fn a_broker_that_forgot_while_nobody_relayed_is_mended_at_the_start() {
    let world = World::with_events(100);
    let mut relay = world.start();
    relay.reaches(world.head()).await;
    relay.stop().await;
    world.topics.forget(&[40], 0);
    world.start().reaches(world.head()).await;
    world.assert_whole_without_doubles();
}

#[tokio::test(start_paused = true)]
async fn a_relay_that_is_killed_while_it_mends_is_followed_by_one_that_goes_on_with_it() {
    let world = World::new(Layout::Single, 2);
    world.append(200);
    let mut relay = world.start();
    relay.reaches(world.head()).await;
    relay.stop().await;
    world.topics.forget(&[80, 50], 0);
    for _ in 0..5 {
        let relay = world.start();
        sleep(Duration::from_millis(23)).await;
        relay.crash().await;
    }
    world.start().reaches(world.head()).await;
    world.assert_whole_without_doubles();
}

#[tokio::test(start_paused = true)]
async fn a_broker_that_forgot_unnoticed_is_noticed_when_nothing_happens() {
    let world = World::with_events(50);
    let mut relay = world.start();
    relay.reaches(world.head()).await;
    world.topics.forget_silently(&world.lane(), 20);
    relay.becomes(|health| health.position < world.head()).await;
    relay.reaches(world.head()).await;
    world.assert_whole_without_doubles();
}

#[tokio::test(start_paused = true)]
async fn a_broker_that_forgot_unnoticed_is_noticed_by_the_next_offset() {
    let world = World::with_events(50);
    let mut relay = world.start();
    relay.reaches(world.head()).await;
    world.topics.forget_silently(&world.lane(), 20);
    world.append(1);
    let appended = Instant::now();
    relay.becomes(|health| health.position.get() < 50).await;
    assert!(appended.elapsed() < Duration::from_millis(100));
    relay.reaches(world.head()).await;
    world.assert_whole();
}

#[tokio::test(start_paused = true)]
async fn an_outage_of_an_hour_delays_and_loses_nothing() {
    let world = World::with_events(20);
    let mut relay = world.start();
    relay.reaches(Position::new(10)).await;
    world.topics.set_away(true);
    for _ in 0..60 {
        world.append(1);
        sleep(Duration::from_mins(1)).await;
    }
    world.topics.set_away(false);
    let back = Instant::now();
    relay.reaches(world.head()).await;
    assert!(back.elapsed() < Duration::from_secs(6), "{:?}", back.elapsed());
    world.assert_whole_without_doubles();
}

#[tokio::test(start_paused = true)]
async fn two_relays_at_once_leave_doubles_and_no_disorder() {
    let world = World::new(Layout::Single, 2);
    world.append(200);
    let (mut one, mut other) = (world.start(), world.start());
    one.reaches(Position::new(100)).await;
    world.append(20);
    other.reaches(world.head()).await;
    one.reaches(world.head()).await;
    world.assert_whole();
}

//! Events on their way, when nothing fails.

use std::time::Duration;

use acta_application::log::{EventLog, Position};
use acta_application::relay::Layout;
use tokio::time::{Instant, sleep};

use super::stores::Kept;
use super::world::World;

#[tokio::test(start_paused = true)]
async fn every_event_is_in_its_lane_once_and_in_order() {
    for (layout, partitions) in
        [(Layout::ByType, 1), (Layout::ByType, 3), (Layout::Single, 1), (Layout::Single, 3)]
    {
        let world = World::new(layout, partitions);
        world.append(100);
        world.start().reaches(world.head()).await;
        world.assert_whole_without_doubles();
    }
}

#[tokio::test(start_paused = true)]
async fn an_event_that_comes_after_hours_goes_out_at_once() {
    let world = World::with_events(3);
    let mut relay = world.start();
    relay.reaches(world.head()).await;
    sleep(Duration::from_hours(2)).await;
    world.append(1);
    let appended = Instant::now();
    relay.reaches(world.head()).await;
    assert!(appended.elapsed() <= Duration::from_millis(5), "{:?}", appended.elapsed());
    assert_eq!(world.topics.opened(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_stopped_relay_has_kept_its_checkpoint_and_goes_on_from_there() {
    let world = World::with_events(10);
    let mut relay = world.start();
    relay.reaches(world.head()).await;
    relay.stop().await;
    world.append(10);
    world.start().reaches(world.head()).await;
    world.assert_whole_without_doubles();
}

#[tokio::test(start_paused = true)]
async fn a_stop_waits_for_what_is_under_way() {
    let world = World::with_events(200);
    let mut relay = world.start();
    relay.reaches(Position::new(5)).await;
    relay.stop().await;
    let sent = world.topics.records(&world.lane()).len();
    let mut next = world.start();
    next.becomes(|health| health.position.get() >= sent as u64).await;
    next.reaches(world.head()).await;
    world.assert_whole_without_doubles();
}

#[tokio::test(start_paused = true)]
async fn a_relay_that_is_killed_leaves_nothing_out_and_nothing_twice() {
    let world = World::with_events(200);
    for position in [1, 17, 60, 61, 150] {
        let mut relay = world.start();
        relay.becomes(|health| health.position.get() >= position).await;
        relay.crash().await;
    }
    world.start().reaches(world.head()).await;
    world.assert_whole_without_doubles();
}

#[tokio::test(start_paused = true)]
async fn without_a_checkpoint_the_lanes_say_what_is_there() {
    let world = World::new(Layout::ByType, 3);
    world.append(100);
    let mut relay = world.start();
    relay.reaches(Position::new(70)).await;
    relay.crash().await;
    world.views.put_back(Kept::default());
    world.start().reaches(world.head()).await;
    world.assert_whole_without_doubles();
}

#[tokio::test(start_paused = true)]
async fn an_old_checkpoint_is_as_good_as_a_new_one() {
    let world = World::new(Layout::ByType, 2);
    world.append(30);
    let mut relay = world.start();
    relay.reaches(world.head()).await;
    sleep(Duration::from_secs(1)).await;
    let old = world.views.kept();
    world.append(60);
    relay.reaches(world.head()).await;
    relay.stop().await;
    world.views.put_back(old);
    world.append(10);
    world.start().reaches(world.head()).await;
    world.assert_whole_without_doubles();
}

#[tokio::test(start_paused = true)]
async fn a_lane_whose_oldest_records_expired_goes_on() {
    for stored in [true, false] {
        let world = World::with_events(20);
        let mut relay = world.start();
        relay.reaches(world.head()).await;
        relay.stop().await;
        if !stored {
            world.views.put_back(Kept::default());
        }
        world.topics.expire(&world.lane(), 12);
        world.append(10);
        world.start().reaches(world.head()).await;
        let positions: Vec<u64> =
            world.topics.records(&world.lane()).iter().map(|record| record.position.get()).collect();
        assert_eq!(positions, (13..=30).collect::<Vec<_>>());
    }
}

#[tokio::test(start_paused = true)]
async fn a_lane_of_which_everything_expired_goes_on_behind_its_mark() {
    let world = World::with_events(20);
    let mut relay = world.start();
    relay.reaches(world.head()).await;
    relay.stop().await;
    world.topics.expire(&world.lane(), 20);
    world.append(1);
    world.start().reaches(world.head()).await;
    let records = world.topics.records(&world.lane());
    assert_eq!(records.len(), 1);
    assert!(records[0].headers.contains(&("ce_previousposition", "20".to_owned())));
    assert_eq!(*world.log.head().borrow(), records[0].position);
}

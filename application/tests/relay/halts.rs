//! What somebody has to put right.

use acta_application::relay::{Layout, RelayState};

use super::stores::{Kept, MemoryLog};
use super::world::{Running, World};

/// Waits until it has halted, and says why.
async fn reason(relay: &mut Running) -> String {
    let halted =
        |health: &acta_application::relay::RelayHealth| matches!(health.state, RelayState::Halted { .. });
    match relay.becomes(halted).await.state {
        RelayState::Halted { reason } => reason,
        other => panic!("{other:?}"),
    }
}

async fn relayed(count: u8) -> World {
    let world = World::with_events(count);
    let mut relay = world.start();
    relay.reaches(world.head()).await;
    relay.stop().await;
    world
}

#[tokio::test(start_paused = true)]
async fn an_older_log_is_not_published_over_a_newer_one() {
    let mut world = relayed(20).await;
    world.log = MemoryLog::of_history(1).into();
    world.append(10);
    let expected = "the log ends at 10, and the relay was at 20 already: was an older log restored?";
    assert_eq!(reason(&mut world.start()).await, expected);
    assert_eq!(world.topics.records(&world.lane()).len(), 20);
}

#[tokio::test(start_paused = true)]
async fn an_older_log_is_noticed_by_the_topics_alone() {
    let mut world = relayed(20).await;
    world.views.put_back(Kept::default());
    world.log = MemoryLog::of_history(1).into();
    world.append(10);
    let reason = reason(&mut world.start()).await;
    assert!(reason.starts_with("the topics hold events that the log does not"), "{reason}");
}

#[tokio::test(start_paused = true)]
async fn another_history_is_noticed_by_its_commitments() {
    let mut world = relayed(20).await;
    world.log = MemoryLog::of_history(2).into();
    world.append(30);
    let reason = reason(&mut world.start()).await;
    assert!(reason.starts_with("the topics hold events that the log does not"), "{reason}");
    assert_eq!(world.topics.records(&world.lane()).len(), 20);
}

#[tokio::test(start_paused = true)]
async fn a_topic_with_more_partitions_than_before_halts_the_relay() {
    let world = relayed(20).await;
    world.topics.add_partitions(3);
    let reason = reason(&mut world.start()).await;
    assert!(reason.starts_with("the topic acta.events has 3 partitions, and had 1"), "{reason}");
}

#[tokio::test(start_paused = true)]
async fn a_session_that_would_change_its_partition_halts_the_relay_without_a_checkpoint_too() {
    let world = relayed(20).await;
    world.views.put_back(Kept::default());
    world.topics.add_partitions(50);
    let reason = reason(&mut world.start()).await;
    assert!(reason.contains("did the topic have another number of partitions?"), "{reason}");
}

#[tokio::test(start_paused = true)]
async fn an_event_of_an_unknown_type_halts_the_relay_behind_all_that_came_before() {
    let world = World::new(Layout::ByType, 1);
    world.append(10);
    world.log.append(1, "session.dreamt.v1");
    let mut relay = world.start();
    let expected =
        "the event at position 11 is of the type session.dreamt.v1, which this version does not know";
    assert_eq!(reason(&mut relay).await, expected);
}

#[tokio::test(start_paused = true)]
async fn a_relay_that_halted_goes_on_when_it_was_put_right() {
    let mut world = relayed(20).await;
    let log = std::mem::replace(&mut world.log, MemoryLog::of_history(1).into());
    let mut relay = world.start();
    reason(&mut relay).await;
    for event in &log.events()[..] {
        let session = event.session_id.to_string().bytes().last().unwrap() - b'0';
        world.log.append(session, &event.event_type);
    }
    relay.reaches(world.head()).await;
    world.assert_whole_without_doubles();
}

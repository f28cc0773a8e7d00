//! What happens when it is stopped, or the broker is away.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use acta_application::relay::replay::{Replay, ReplayError, ReplayNews};
use tokio_util::sync::CancellationToken;

use crate::scene::{SOURCE, Scene, ordinary, request};
use crate::topics::{Broker, Mood, position};

#[tokio::test(flavor = "multi_thread")]
async fn after_a_lost_connection_it_goes_on_behind_what_was_acknowledged() {
    let scene = Scene::with_events(50, Broker::in_mood(Mood::Away { after: 20 })).await;
    let mut lost = 0;
    let replay = scene.replay(ordinary());
    let replayed = replay.run(request(1, 50), &scene.stop, |news| {
        lost += u32::from(matches!(news, ReplayNews::Lost(_)));
    });
    let replayed = replayed.await;
    replayed.ended.unwrap();
    assert_eq!((replayed.up_to, replayed.records, lost), (position(50), 50, 1));
    let positions = scene.broker.positions();
    let again = positions.iter().rposition(|position| *position == 21).unwrap();
    assert!(again > 20, "the first that was not acknowledged is published again: {positions:?}");
    assert_eq!(positions[again..], (21..=50).collect::<Vec<_>>());
    assert_eq!(scene.broker.opened().len(), 2);
}

fn impatient(scene: &Scene) -> Replay {
    let (log, topics) = (scene.log.clone(), Arc::new(scene.broker.clone()));
    Replay::new(log, topics, ordinary(), SOURCE.to_owned(), Duration::from_millis(300))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_cannot_be_reached_is_given_up_in_time() {
    let scene = Scene::with_events(3, Broker::in_mood(Mood::Down)).await;
    let replayed = impatient(&scene).run(request(1, 3), &scene.stop, |_| ()).await;
    let Err(ReplayError::Silent { source: Some(_), .. }) = replayed.ended else { panic!("{replayed:?}") };
    assert_eq!((replayed.up_to, replayed.records), (position(0), 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_takes_records_and_says_nothing_is_given_up_in_time() {
    let scene = Scene::with_events(3, Broker::in_mood(Mood::Silent)).await;
    let replayed = impatient(&scene).run(request(2, 3), &scene.stop, |_| ()).await;
    let Err(ReplayError::Silent { source: None, .. }) = replayed.ended else { panic!("{replayed:?}") };
    assert_eq!((replayed.up_to, replayed.records), (position(1), 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn stopped_it_says_how_far_it_came_and_goes_on_there() {
    let scene = Scene::with_events(1_500, Broker::default()).await;
    let replay = scene.replay(ordinary()).at_rate(NonZeroU32::new(1_000));
    let replayed = replay.run(request(1, 1_500), &scene.stop, |news| {
        if matches!(news, ReplayNews::Acknowledged { records: 100.., .. }) {
            scene.stop.cancel();
        }
    });
    let replayed = replayed.await;
    assert!(matches!(replayed.ended, Err(ReplayError::Stopped)), "{replayed:?}");
    assert!((100..1_500).contains(&replayed.records), "{replayed:?}");
    assert_eq!(scene.broker.positions(), (1..=replayed.up_to.get()).collect::<Vec<_>>());

    let replay = scene.replay(ordinary());
    let rest = replay.run(request(replayed.up_to.get() + 1, 1_500), &CancellationToken::new(), |_| ()).await;
    rest.ended.unwrap();
    assert_eq!(scene.broker.positions(), (1..=1_500).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn stopped_while_the_broker_is_away_it_ends_at_once() {
    let scene = Scene::with_events(3, Broker::in_mood(Mood::Down)).await;
    let replay = scene.replay(ordinary());
    let replayed = replay.run(request(1, 3), &scene.stop, |_| scene.stop.cancel()).await;
    assert!(matches!(replayed.ended, Err(ReplayError::Stopped)), "{replayed:?}");
}

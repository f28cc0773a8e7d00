//! What happens when it is stopped, or the broker is away.

use std::sync::Arc;
use std::time::Duration;

use acta_application::relay::memory::{Arrival, UnderWay};
use acta_application::relay::replay::{Replay, ReplayError, ReplayNews};
use tokio_util::sync::CancellationToken;

use crate::scene::{SOURCE, Scene, ordinary, position, request};

/// One record arrives after the other.
const IN_TURN: Arrival = Arrival::OneAfterAnother(Duration::from_millis(1));

#[tokio::test(flavor = "multi_thread")]
async fn after_a_lost_connection_it_goes_on_behind_what_was_acknowledged() {
    let scene = Scene::with_broker(50, IN_TURN).await;
    let (mut acknowledged, mut lost) = (0, 0);
    let replay = scene.replay(ordinary());
    let replayed = replay.run(request(1, 50), &scene.stop, |news| match news {
        ReplayNews::Acknowledged { up_to, .. } if lost == 0 && up_to >= position(20) => {
            acknowledged = up_to.get();
            scene.broker.disconnect(UnderWay::Arrive(3));
        }
        ReplayNews::Acknowledged { .. } => {}
        ReplayNews::Lost(_) => lost += 1,
        ReplayNews::Forgotten(lane) => panic!("{lane}"),
    });
    let replayed = replayed.await;
    replayed.ended.unwrap();
    assert_eq!((replayed.up_to, replayed.records, lost), (position(50), 50, 1));
    let positions = scene.positions();
    let rest = usize::try_from(50 - acknowledged).unwrap();
    let (before, after) = positions.split_at(positions.len() - rest);
    assert_eq!(after, (acknowledged + 1..=50).collect::<Vec<_>>(), "{positions:?}");
    assert_eq!(before, (1..=before.len() as u64).collect::<Vec<_>>(), "{positions:?}");
    assert!(before.len() as u64 >= acknowledged);
    assert_eq!(scene.broker.opened(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_broker_acknowledged_and_forgot_is_published_again() {
    let scene = Scene::with_broker(50, IN_TURN).await;
    let (mut lost, mut forgotten) = (0, 0);
    let replay = scene.replay(ordinary());
    let replayed = replay.run(request(5, 50), &scene.stop, |news| match news {
        ReplayNews::Acknowledged { up_to, .. } if lost == 0 && up_to >= position(20) => {
            scene.broker.forget(&[9], 0);
        }
        ReplayNews::Acknowledged { .. } => {}
        ReplayNews::Lost(_) => lost += 1,
        ReplayNews::Forgotten(_) => forgotten += 1,
    });
    let replayed = replayed.await;
    replayed.ended.unwrap();
    assert_eq!((replayed.up_to, lost, forgotten), (position(50), 1, 1));
    let positions = scene.positions();
    assert!(positions.ends_with(&(5..=50).collect::<Vec<_>>()), "{positions:?}");
}

fn impatient(scene: &Scene) -> Replay {
    let (log, topics) = (scene.log.clone(), Arc::new(scene.broker.clone()));
    Replay::new(log, topics, ordinary(), SOURCE.to_owned(), Duration::from_millis(300))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_cannot_be_reached_is_given_up_in_time() {
    let scene = Scene::with_events(3).await;
    scene.broker.set_away(true);
    let replayed = impatient(&scene).run(request(1, 3), &scene.stop, |_| ()).await;
    let Err(ReplayError::Silent { source: Some(_), .. }) = replayed.ended else { panic!("{replayed:?}") };
    assert_eq!((replayed.up_to, replayed.records), (position(0), 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_takes_records_and_says_nothing_is_given_up_in_time() {
    let scene = Scene::with_broker(3, Arrival::OneAfterAnother(Duration::from_hours(1))).await;
    let replayed = impatient(&scene).run(request(2, 3), &scene.stop, |_| ()).await;
    let Err(ReplayError::Silent { source: None, .. }) = replayed.ended else { panic!("{replayed:?}") };
    assert_eq!((replayed.up_to, replayed.records), (position(1), 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn stopped_it_says_how_far_it_came_and_goes_on_there() {
    let scene = Scene::with_broker(200, IN_TURN).await;
    let replay = scene.replay(ordinary());
    let replayed = replay.run(request(1, 200), &scene.stop, |news| {
        if matches!(news, ReplayNews::Acknowledged { records: 20.., .. }) {
            scene.stop.cancel();
        }
    });
    let replayed = replayed.await;
    assert!(matches!(replayed.ended, Err(ReplayError::Stopped)), "{replayed:?}");
    assert!((20..200).contains(&replayed.records), "{replayed:?}");
    assert_eq!(scene.positions(), (1..=replayed.up_to.get()).collect::<Vec<_>>());

    let rest = replay.run(request(replayed.up_to.get() + 1, 200), &CancellationToken::new(), |_| ()).await;
    rest.ended.unwrap();
    assert_eq!(scene.positions(), (1..=200).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn stopped_while_the_broker_is_away_it_ends_at_once() {
    let scene = Scene::with_events(3).await;
    scene.broker.set_away(true);
    let replay = scene.replay(ordinary());
    let replayed = replay.run(request(1, 3), &scene.stop, |_| scene.stop.cancel()).await;
    assert!(matches!(replayed.ended, Err(ReplayError::Stopped)), "{replayed:?}");
}

//! What is published once more, and where.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::time::Duration;

use acta_application::log::EventLog;
use acta_application::relay::replay::{Destination, ReplayError, ReplayNews, ReplayRequest};
use acta_application::relay::{Layout, TopicNames, TopicRecord};
use tokio::time::Instant;

use crate::scene::{SOURCE, Scene, alone, ordinary, position, request, said, session};

#[tokio::test(flavor = "multi_thread")]
async fn what_was_asked_for_is_published_once_more_in_order_and_no_more() {
    let scene = Scene::with_events(30).await;
    let replayed = scene.run(5, 20).await;
    replayed.ended.unwrap();
    assert_eq!((replayed.up_to, replayed.records), (position(20), 16));
    assert_eq!(scene.positions(), (5..=20).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_is_the_relays_but_marked_and_outside_the_chain() {
    let scene = Scene::with_events(9).await;
    scene.run(4, 9).await.ended.unwrap();
    let events = scene.events().await;
    let mut last = HashMap::new();
    let mut expected = Vec::new();
    for event in &events {
        let previous = last.insert(event.session_id, event.commitment);
        expected.push(TopicRecord::of(event, SOURCE, previous).replayed());
    }
    let records = scene.records("session.updated.v1");
    assert_eq!(records, expected[3..]);
    for record in &records {
        assert!(record.headers.contains(&("ce_replayed", "true".to_owned())));
        assert!(record.headers.iter().any(|(name, _)| *name == "ce_previouscommitment"));
        assert!(record.headers.iter().all(|(name, _)| *name != "ce_previousposition"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_session_can_be_published_alone() {
    let scene = Scene::with_events(30).await;
    let of_one = ReplayRequest { session: Some(session(1)), ..request(6, 20) };
    let replayed = scene.replay(ordinary()).run(of_one, &scene.stop, |_| ()).await;
    replayed.ended.unwrap();
    // Session 1 has the positions 2, 5, 8 …
    assert_eq!(scene.positions(), [8, 11, 14, 17, 20]);
    assert_eq!((replayed.up_to, replayed.records), (position(20), 5));
    let first = &scene.records("session.updated.v1")[0];
    assert!(first.headers.contains(&("ce_sessionindex", "2".to_owned())));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_has_nothing_there_is_done_at_once() {
    let scene = Scene::with_events(30).await;
    let of_one = ReplayRequest { session: Some(session(1)), ..request(9, 10) };
    let replayed = scene.replay(ordinary()).run(of_one, &scene.stop, |_| ()).await;
    replayed.ended.unwrap();
    assert_eq!((replayed.up_to, replayed.records), (position(10), 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_event_goes_to_the_topic_of_its_type() {
    let scene = Scene::with_events(2).await;
    scene.log.append(said(2, "session.started.v1")).await.unwrap();
    scene.run(1, 3).await.ended.unwrap();
    assert_eq!(scene.positions_in("session.updated.v1"), [1, 2]);
    assert_eq!(scene.positions_in("session.started.v1"), [3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_can_go_to_one_topic_and_no_other_is_opened() {
    let scene = Scene::with_events(4).await;
    scene.log.append(said(4, "of-no-type-that-is-known.v1")).await.unwrap();
    scene.replay(alone("copy")).run(request(1, 5), &scene.stop, |_| ()).await.ended.unwrap();
    assert_eq!(scene.positions_in("copy"), [1, 2, 3, 4, 5]);
    assert_eq!(scene.broker.lanes().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_pages_are_published_in_order() {
    let scene = Scene::with_events(2_500).await;
    let single = Destination::Ordinary(TopicNames::new(Layout::Single, "here."));
    let mut told = Vec::new();
    let replay = scene.replay(single);
    let replayed = replay.run(request(1, 2_500), &scene.stop, |news| match news {
        ReplayNews::Acknowledged { up_to, records } => told.push((up_to.get(), records)),
        other => panic!("{other:?}"),
    });
    replayed.await.ended.unwrap();
    assert_eq!(scene.positions_in("here.acta.events"), (1..=2_500).collect::<Vec<_>>());
    assert!(told.is_sorted());
    assert_eq!(told.last(), Some(&(2_500, 2_500)));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_records_go_out_in_a_second_than_allowed() {
    let scene = Scene::with_events(21).await;
    let replay = scene.replay(ordinary()).at_rate(NonZeroU32::new(100));
    let start = Instant::now();
    replay.run(request(1, 21), &scene.stop, |_| ()).await.ended.unwrap();
    assert!(start.elapsed() >= Duration::from_millis(200), "{:?}", start.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_log_does_not_have_cannot_be_published() {
    let scene = Scene::with_events(3).await;
    let replayed = scene.run(1, 4).await;
    assert!(matches!(replayed.ended, Err(ReplayError::BehindTheEnd { .. })), "{replayed:?}");
    let of_nobody = ReplayRequest { session: Some(session(9)), ..request(1, 3) };
    let replayed = scene.replay(ordinary()).run(of_nobody, &scene.stop, |_| ()).await;
    assert!(matches!(replayed.ended, Err(ReplayError::UnknownSession(_))), "{replayed:?}");
    assert_eq!(replayed.up_to, position(0));
    assert_eq!(scene.broker.opened(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_without_a_topic_ends_it_with_everything_before_it_acknowledged_in_the_next_run() {
    let scene = Scene::with_events(3).await;
    scene.log.append(said(3, "of-no-type-that-is-known.v1")).await.unwrap();
    let replayed = scene.run(1, 4).await;
    let Err(ReplayError::NoTopic { position: at, .. }) = replayed.ended else { panic!("{replayed:?}") };
    assert_eq!(at, position(4));
    assert!(replayed.up_to < at);
    assert_eq!(scene.run(1, 3).await.up_to, position(3));
}

use std::sync::Arc;
use std::time::Duration;

use acta_application::floor::RequestSpeech;
use acta_application::log::contract::moment;
use acta_application::policies::{DeadlinePolicy, HeadPolicy, SealAfter};
use acta_domain::{Priority, SpeechKind, TimeLimit};
use tokio_util::sync::CancellationToken;

use crate::room::{Room, command, person, tenant};

const PATIENCE: Duration = Duration::from_secs(20);

/// Waits until the log holds an event of type `name`.
async fn recorded(room: &Room, name: &str) {
    let mut head = room.log.head();
    let waiting = async {
        while !room.event_types().await.iter().any(|recorded| recorded == name) {
            head.changed().await.unwrap();
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("no {name} was recorded"));
}

fn deadlines(room: &Room, seal_after: SealAfter) -> DeadlinePolicy {
    DeadlinePolicy::new(
        Arc::clone(&room.log),
        Arc::clone(&room.views) as _,
        Arc::clone(&room.use_cases),
        Arc::clone(&room.clock) as _,
        seal_after,
    )
}

#[tokio::test]
async fn a_turn_is_ended_by_the_clock_even_if_the_service_was_stopped_when_it_fell_due() {
    let room = Room::open().await;
    let session = room.active_session().await;
    room.let_in(session, person(1)).await;
    let ask = RequestSpeech {
        person_id: person(1),
        kind: SpeechKind::Speech,
        priority: Priority::default(),
        topic: None,
    };
    let request = room.use_cases.request_speech(&command(), session, ask).await.unwrap().request_id;
    let limit = Some(TimeLimit::new(30_u64).unwrap());
    room.use_cases.approve_speech(&command(), session, request, limit).await.unwrap();

    let stop = CancellationToken::new();
    let first = tokio::spawn(deadlines(&room, SealAfter(None)).run(stop.clone()));
    stop.cancel();
    first.await.unwrap();
    room.clock.set(moment(31));
    let stop = CancellationToken::new();
    let second = tokio::spawn(deadlines(&room, SealAfter(None)).run(stop.clone()));
    recorded(&room, "speech.finished.v1").await;
    stop.cancel();
    second.await.unwrap();

    let finished = room.events().await.pop().unwrap();
    assert!(finished.payload.contains(r#""by":"clock""#), "{}", finished.payload);
    assert!(finished.metadata.contains(r#""actor":"clock""#), "{}", finished.metadata);
}

#[tokio::test]
async fn a_session_that_is_over_is_sealed_when_its_time_has_come() {
    let room = Room::open().await;
    let session = room.active_session().await;
    room.use_cases.end_session(&command(), session).await.unwrap();
    room.clock.set(moment(3_601));
    let stop = CancellationToken::new();
    let policy = tokio::spawn(deadlines(&room, SealAfter(Some(Duration::from_hours(1)))).run(stop.clone()));
    recorded(&room, "session.sealed.v1").await;
    stop.cancel();
    policy.await.unwrap();
}

#[tokio::test]
async fn heads_are_issued_when_a_session_opens_and_when_its_record_closes() {
    let room = Room::open().await;
    let session = room.active_session().await;
    let (log, views) = (Arc::clone(&room.log), Arc::clone(&room.views) as _);
    let stop = CancellationToken::new();
    let policy = tokio::spawn(HeadPolicy::new(log, views, Arc::clone(&room.evidence)).run(stop.clone()));
    heads(&room, session, 1).await;
    room.use_cases.end_session(&command(), session).await.unwrap();
    room.use_cases.seal_session(&command(), session).await.unwrap();
    heads(&room, session, 2).await;
    stop.cancel();
    policy.await.unwrap();
}

/// Waits until `count` heads were issued for `session`.
async fn heads(room: &Room, session: acta_domain::SessionId, count: usize) {
    let waiting = async {
        while room.evidence.heads(tenant(), session, 0, 10).await.unwrap().len() < count {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("the heads are issued");
}

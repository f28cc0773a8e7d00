//! What is refused.

use tokio::task::JoinSet;

use super::LogHarness;
use super::fixture::{Scene, by_tenant, command, expecting, stream};
use crate::log::{Append, AppendError, EventLog, Guard, MAX_EVENT_BYTES, MAX_EVENTS, Position, Sequence};

/// Given a stream at 1, an append that expects 0 is told what it is.
pub async fn a_stream_that_moved_is_a_conflict<H: LogHarness>() {
    let scene = Scene::<H>::empty().await;
    scene.say(expecting(command(1, 1, &["a"]), 0)).await.expect("the stream is new");
    match scene.say(expecting(command(2, 1, &["b"]), 0)).await {
        Err(AppendError::Conflict { stream: which, expected, actual }) => {
            assert_eq!(which, stream("floor", 1));
            assert_eq!((expected, actual), (Sequence::new(0), Sequence::new(1)));
        }
        other => panic!("{other:?}"),
    }
}

fn guarding(append: Append, aggregate_type: &str, of: u128, version: u64) -> Append {
    let guard = Guard { stream: stream(aggregate_type, of), version: Sequence::new(version) };
    Append { guards: vec![guard], ..append }
}

fn in_session_stream(append: Append, of: u128) -> Append {
    Append { stream: stream("session", of), ..append }
}

/// Given a decision that rests on another stream, which moved meanwhile, it is not appended.
pub async fn a_guarded_stream_that_moved_is_a_conflict<H: LogHarness>() {
    let scene = Scene::<H>::empty().await;
    scene.say(in_session_stream(command(1, 1, &["started"]), 1)).await.expect("it is the first");
    scene.say(in_session_stream(command(2, 1, &["ended"]), 1)).await.expect("anything goes");
    match scene.say(guarding(command(3, 1, &["a"]), "session", 1, 1)).await {
        Err(AppendError::Conflict { stream: which, actual, .. }) => {
            assert_eq!((which, actual), (stream("session", 1), Sequence::new(2)));
        }
        other => panic!("{other:?}"),
    }
}

/// Given a decision that rests on streams as they still are, or that still do not exist, it is appended.
pub async fn a_guarded_stream_that_stood_still_is_none<H: LogHarness>() {
    let scene = Scene::<H>::empty().await;
    scene.say(in_session_stream(command(1, 1, &["started"]), 1)).await.expect("it is the first");
    scene.say(guarding(command(2, 1, &["a"]), "session", 1, 1)).await.expect("it stood still");
    scene.say(guarding(command(3, 1, &["b"]), "attendance", 1, 0)).await.expect("it is still not there");
}

/// Given 64 appends that all expect a new stream, one is written and the others are conflicts.
pub async fn of_many_writers_that_expect_one_version_one_wins<H: LogHarness>() {
    let scene = Scene::<H>::empty().await;
    let mut writers = JoinSet::new();
    for number in 0..64 {
        let log = scene.log.clone();
        writers.spawn(async move { log.append(expecting(command(number, 1, &["a"]), 0)).await });
    }
    let outcomes = writers.join_all().await;
    let won = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    let lost = outcomes.iter().filter(|outcome| matches!(outcome, Err(AppendError::Conflict { .. }))).count();
    assert_eq!((won, lost), (1, 63));
}

/// Given an append that failed, one that counted on it fails too, even though the version is what it expects.
pub async fn an_append_that_rests_on_a_failed_one_fails<H: LogHarness>() {
    let scene = Scene::<H>::empty().await;
    scene.say(command(1, 1, &["somebody else's"])).await.expect("it is the first");
    let failing = scene.log.submit(expecting(command(2, 1, &["a"]), 0)).await.expect("the log is open");
    let resting = Append { rests_on: vec![failing.clone()], ..expecting(command(3, 1, &["on a"]), 1) };
    let resting = scene.log.submit(resting).await.expect("the log is open");
    assert!(matches!(failing.await, Err(AppendError::Conflict { .. })));
    assert!(matches!(resting.await, Err(AppendError::Undermined)));

    let good = scene.log.submit(expecting(command(4, 1, &["b"]), 1)).await.expect("the log is open");
    let resting = Append { rests_on: vec![good], ..expecting(command(5, 1, &["on b"]), 2) };
    assert_eq!(scene.say(resting).await.expect("what it rests on was written").first, Position::new(3));
}

/// Given an append without events, with too many or with too large ones, it is refused; the largest that may be is taken.
pub async fn an_append_that_is_too_large_is_refused<H: LogHarness>() {
    let scene = Scene::<H>::empty().await;
    let too_large = |outcome| matches!(outcome, Err(AppendError::TooLarge { .. }));
    assert!(too_large(scene.say(command(1, 1, &[])).await));
    assert!(too_large(scene.say(command(2, 1, &["a"; MAX_EVENTS + 1])).await));
    let mut fat = command(3, 1, &["a"]);
    fat.events[0].payload = "1".repeat(MAX_EVENT_BYTES + 1);
    assert!(too_large(scene.say(fat.clone()).await));

    scene.say(command(4, 1, &["a"; MAX_EVENTS])).await.expect("that many are taken");
    fat.events[0].payload = "1".repeat(MAX_EVENT_BYTES);
    scene.say(fat).await.expect("that large is taken");
}

/// Given a session of one tenant, another tenant's append to it is refused.
pub async fn a_session_of_another_tenant_takes_nothing<H: LogHarness>() {
    let scene = Scene::<H>::empty().await;
    scene.say(command(1, 1, &["a"])).await.expect("it is the first");
    let foreign = by_tenant(in_session_stream(command(2, 1, &["b"]), 1), 2);
    assert!(matches!(scene.say(foreign).await, Err(AppendError::Foreign { .. })));
}

/// Given a stream of one tenant, another tenant's append to it is refused, from whatever session.
pub async fn a_stream_of_another_tenant_takes_nothing<H: LogHarness>() {
    let scene = Scene::<H>::empty().await;
    scene.say(command(1, 1, &["a"])).await.expect("it is the first");
    let foreign = Append { stream: stream("floor", 1), ..by_tenant(command(2, 2, &["b"]), 2) };
    assert!(matches!(scene.say(foreign).await, Err(AppendError::Foreign { .. })));
}

//! What a stop and a start leave as it was.

use super::LogHarness;
use super::fixture::{Scene, command, expecting, session, stream, tenant, with_sealed};
use crate::log::{AppendError, EventLog, FeedScope, Position, Sequence, SessionIndex, Snapshot};

/// Given events, snapshots and a head, they are the same after a restart.
pub async fn a_restart_keeps_everything<H: LogHarness>() {
    let scene = Scene::<H>::empty().await;
    scene.say(with_sealed(command(1, 1, &["a", "b"]))).await.expect("it is the first");
    scene.say(command(2, 2, &["c"])).await.expect("anything goes");
    let snapshot = Snapshot { sequence: Sequence::new(2), state: "{}".to_owned() };
    let kept = scene.log.keep_snapshot(tenant(1), &stream("floor", 1), snapshot.clone()).await;
    kept.expect("the log can be written");
    let before = scene.log.feed(FeedScope::All, Position::default(), 10).await.expect("the log can be read");

    let scene = scene.restart().await;
    let after = scene.log.feed(FeedScope::All, Position::default(), 10).await.expect("the log can be read");
    assert_eq!(after, before);
    assert_eq!(*scene.log.head().borrow(), Position::new(3));
    let read = scene.log.snapshot(tenant(1), &stream("floor", 1)).await.expect("the log can be read");
    assert_eq!(read, Some(snapshot));
}

/// Given a command that was appended before a restart, sent again it is told the first outcome.
pub async fn a_command_is_known_after_a_restart<H: LogHarness>() {
    let scene = Scene::<H>::empty().await;
    let first = scene.say(command(1, 1, &["a", "b"])).await.expect("it is the first");
    let scene = scene.restart().await;
    match scene.say(command(1, 1, &["a", "b"])).await {
        Err(AppendError::AlreadyAppended { outcome, same_command: true }) => assert_eq!(outcome, first),
        other => panic!("{other:?}"),
    }
}

/// Given a log of two events, the next one after a restart is the third of everything.
pub async fn numbers_go_on_after_a_restart<H: LogHarness>() {
    let scene = Scene::<H>::empty().await;
    scene.say(command(1, 1, &["a", "b"])).await.expect("it is the first");
    let scene = scene.restart().await;
    let next = scene.say(expecting(command(2, 1, &["c"]), 2)).await.expect("the version is kept");
    assert_eq!((next.first, next.sequence), (Position::new(3), Sequence::new(3)));
    assert_eq!(next.session_index, SessionIndex::new(2));
    assert_eq!(scene.log.session_size(tenant(1), session(1)).await.expect("the log can be read"), 3);
}

/// Given a log that was closed, what was queued before is written and what comes after is refused.
pub async fn a_closed_log_takes_nothing_more<H: LogHarness>() {
    let scene = Scene::<H>::empty().await;
    let mut queued = Vec::new();
    for number in 0..50 {
        queued.push(scene.log.submit(command(number, 1, &["a"])).await.expect("the log is open"));
    }
    scene.harness.close(scene.log.clone()).await;
    for ticket in queued {
        ticket.await.expect("it was queued before the stop");
    }
    assert!(matches!(scene.say(command(99, 1, &["b"])).await, Err(AppendError::Unavailable(_))));
}

//! Reading in pages, and only what is one's own.

use super::LogHarness;
use super::fixture::{Scene, by_tenant, command, session, stream, tenant};
use crate::log::{EventLog, FeedScope, Position, RecordedEvent, Sequence, SessionIndex};

fn words(events: &[RecordedEvent]) -> Vec<String> {
    let word = |event: &RecordedEvent| {
        let payload: serde_json::Value = serde_json::from_str(&event.payload).expect("the payload is JSON");
        payload["word"].as_str().expect("the event says a word").to_owned()
    };
    events.iter().map(word).collect()
}

/// Tenant 1 says a, b, c in session 1 and d in session 2; tenant 2 says x in session 3, between c and d, and y after.
async fn two_tenants<H: LogHarness>() -> Scene<H> {
    let scene = Scene::<H>::empty().await;
    for append in [
        command(1, 1, &["a", "b"]),
        command(2, 1, &["c"]),
        by_tenant(command(3, 3, &["x"]), 2),
        command(4, 2, &["d"]),
        by_tenant(command(5, 3, &["y"]), 2),
    ] {
        scene.say(append).await.expect("nothing stands in its way");
    }
    scene
}

/// Given a stream of three events, pages start after a sequence and hold at most the limit.
pub async fn a_stream_is_read_in_pages<H: LogHarness>() {
    let scene = two_tenants::<H>().await;
    let page = async |after, limit| {
        let events = scene.log.stream(tenant(1), &stream("floor", 1), Sequence::new(after), limit).await;
        words(&events.expect("the log can be read"))
    };
    assert_eq!(page(0, 2).await, ["a", "b"]);
    assert_eq!(page(2, 2).await, ["c"]);
    assert!(page(3, 2).await.is_empty());
    assert!(page(u64::MAX - 1, 2).await.is_empty());
}

/// Given a session of three events, pages start from an index; commitments and size say the same.
pub async fn a_session_is_read_in_pages<H: LogHarness>() {
    let scene = two_tenants::<H>().await;
    let (log, one) = (&scene.log, tenant(1));
    let page = async |from, limit| {
        let from = SessionIndex::new(from);
        let events = log.session(one, session(1), from, limit).await.expect("the log can be read");
        let commitments = log.commitments(one, session(1), from, limit).await.expect("the log can be read");
        assert_eq!(commitments, events.iter().map(|event| event.commitment).collect::<Vec<_>>());
        words(&events)
    };
    assert_eq!(page(0, 2).await, ["a", "b"]);
    assert_eq!(page(2, 2).await, ["c"]);
    assert!(page(3, 2).await.is_empty());
    assert_eq!(log.session_size(one, session(1)).await.expect("the log can be read"), 3);
    assert_eq!(log.tenant_of(session(3)).await.expect("the log can be read"), Some(tenant(2)));
}

/// Given five events of two tenants, the whole feed runs over all, page after page.
pub async fn the_feed_is_read_in_pages<H: LogHarness>() {
    let scene = two_tenants::<H>().await;
    let first = scene.log.feed(FeedScope::All, Position::default(), 4).await.expect("the log can be read");
    assert_eq!(
        (words(&first.events), first.reached),
        (vec!["a".into(), "b".into(), "c".into(), "x".into()], Position::new(4))
    );
    let second = scene.log.feed(FeedScope::All, first.reached, 4).await.expect("the log can be read");
    assert_eq!((words(&second.events), second.reached), (vec!["d".into(), "y".into()], Position::new(6)));
    let end = scene.log.feed(FeedScope::All, second.reached, 4).await.expect("the log can be read");
    assert_eq!((end.events.len(), end.reached), (0, Position::new(6)));
}

/// Given a tenant whose last event is not the log's last, its feed still reaches the head.
pub async fn the_feed_of_a_tenant_skips_the_others_and_still_advances<H: LogHarness>() {
    let scene = two_tenants::<H>().await;
    let scope = FeedScope::Tenant(tenant(1));
    let first = scene.log.feed(scope, Position::default(), 3).await.expect("the log can be read");
    assert_eq!(
        (words(&first.events), first.reached),
        (vec!["a".into(), "b".into(), "c".into()], Position::new(3))
    );
    let second = scene.log.feed(scope, first.reached, 3).await.expect("the log can be read");
    assert_eq!((words(&second.events), second.reached), (vec!["d".into()], Position::new(6)));
}

/// Given the ids of another tenant's session and stream, there is nothing to be seen.
pub async fn nothing_is_shown_to_another_tenant<H: LogHarness>() {
    let scene = two_tenants::<H>().await;
    let (log, two) = (&scene.log, tenant(2));
    let (start, from) = (Sequence::default(), SessionIndex::default());
    assert!(log.stream(two, &stream("floor", 1), start, 10).await.expect("the log can be read").is_empty());
    assert!(log.session(two, session(1), from, 10).await.expect("the log can be read").is_empty());
    assert!(log.commitments(two, session(1), from, 10).await.expect("the log can be read").is_empty());
    assert_eq!(log.session_size(two, session(1)).await.expect("the log can be read"), 0);
    let feed = log.feed(FeedScope::Tenant(two), Position::default(), 10).await.expect("the log can be read");
    assert_eq!(words(&feed.events), ["x", "y"]);
}

/// Given a log without events, every question has an empty answer.
pub async fn an_empty_log_answers_with_nothing<H: LogHarness>() {
    let scene = Scene::<H>::empty().await;
    let log = &scene.log;
    let feed = log.feed(FeedScope::All, Position::default(), 10).await.expect("the log can be read");
    assert_eq!((feed.events.len(), feed.reached), (0, Position::default()));
    assert_eq!(log.session_size(tenant(1), session(1)).await.expect("the log can be read"), 0);
    assert_eq!(log.tenant_of(session(1)).await.expect("the log can be read"), None);
    assert_eq!(log.snapshot(tenant(1), &stream("floor", 1)).await.expect("the log can be read"), None);
}

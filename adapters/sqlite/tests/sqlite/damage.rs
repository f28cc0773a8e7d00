//! Rows that are not as the service writes them are reported, not guessed at.

use acta_application::log::{EventLog, FeedScope, LogError, Position, Sequence, SessionIndex};

use crate::store::{SESSION, Store, TENANT, run_past_the_service, stream};

/// A log of five events, with `statement` run on its file without the triggers. It was opened anew before, so that nothing is
/// in its memory.
async fn damaged(statement: &str) -> (Store, acta_sqlite::SqliteLog) {
    let (store, log) = Store::with_events(5).await;
    log.close().await.unwrap();
    let log = store.open().await;
    let folder = store.directory.path();
    for trigger in ["events_are_never_changed", "events_are_never_removed"] {
        run_past_the_service(folder, "log.sqlite", &format!("DROP TRIGGER {trigger}")).await.unwrap();
    }
    let statement = format!("PRAGMA ignore_check_constraints = ON; {statement}");
    run_past_the_service(folder, "log.sqlite", &statement).await.unwrap();
    (store, log)
}

fn place<T>(outcome: Result<T, LogError>) -> String {
    match outcome {
        Err(LogError::Damaged { place, .. }) => place,
        Err(LogError::Unavailable(fault)) => panic!("{fault}"),
        Ok(_) => panic!("the damage was not seen"),
    }
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_named() {
    for change in [
        "sealed = x'ff'",
        "salt = x'00'",
        "commitment = zeroblob(31)",
        "event_version = 'one'",
        "recorded_at = -1",
        "tenant_id = x'00'",
    ] {
        let (_store, log) = damaged(&format!("UPDATE events SET {change} WHERE position = 3")).await;
        let feed = log.feed(FeedScope::All, Position::default(), 10).await;
        assert_eq!(place(feed), "position 3", "{change}");
    }
}

#[tokio::test]
async fn a_row_that_is_missing_is_seen_by_every_reader() {
    let (_store, log) = damaged("DELETE FROM events WHERE position = 3").await;
    assert_eq!(place(log.feed(FeedScope::All, Position::default(), 10).await), "the feed");
    let session = log.session(TENANT, SESSION, SessionIndex::default(), 10).await;
    assert_eq!(place(session), format!("session {SESSION}"));
    let commitments = log.commitments(TENANT, SESSION, SessionIndex::default(), 10).await;
    assert_eq!(place(commitments), format!("session {SESSION}"));
    let events = log.stream(TENANT, &stream(), Sequence::default(), 10).await;
    assert_eq!(place(events), format!("stream {}", stream()));
}

#[tokio::test]
async fn a_log_that_lost_its_end_is_seen() {
    let (_store, log) = damaged("DELETE FROM events WHERE position = 5").await;
    assert_eq!(place(log.feed(FeedScope::All, Position::new(4), 10).await), "the feed");
}

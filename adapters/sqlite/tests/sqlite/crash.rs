//! What is left when the process goes without a word, and when the database fails.

use std::path::Path;
use std::sync::Arc;

use acta_application::log::contract::{TestClock, TestRandomness, moment};
use acta_application::log::{AppendError, EventLog, FeedScope, Position};
use acta_sqlite::{DataFolder, SqliteLog};
use tokio::task::JoinSet;

use crate::store::{Store, append, run_past_the_service};

/// Copies the files as they are at this moment, WAL and all.
fn copy_files(from: &Path, to: &Path) {
    for name in ["log.sqlite", "log.sqlite-wal"] {
        std::fs::copy(from.join(name), to.join(name)).unwrap();
    }
}

async fn open(folder: &Path) -> SqliteLog {
    let folder = DataFolder::lock(folder).unwrap();
    let clock = Arc::new(TestClock::at(moment(0)));
    SqliteLog::open(&folder, clock, Arc::new(TestRandomness::default())).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn files_copied_while_many_write_hold_every_event_that_was_acknowledged() {
    let store = Store::new();
    let log = Arc::new(store.open().await);
    let mut writers = JoinSet::new();
    for writer in 0..16 {
        let log = log.clone();
        writers.spawn(async move {
            for number in 0..20 {
                log.append(append(writer * 20 + number)).await.unwrap();
            }
        });
    }
    let mut head = log.head();
    for reached in [20, 100, 200] {
        head.wait_for(|head| head.get() >= reached).await.unwrap();
        let acknowledged = *head.borrow();
        let copy = tempfile::tempdir().unwrap();
        copy_files(store.directory.path(), copy.path());
        let found = open(copy.path()).await;
        let page = found.feed(FeedScope::All, Position::default(), 1_000).await.unwrap();
        assert!(page.reached >= acknowledged, "{} of {acknowledged}", page.reached);
        assert_eq!(page.events.len() as u64, page.reached.get());
        found.append(append(9_999)).await.expect("the copy goes on where it ends");
    }
    writers.join_all().await;
}

#[tokio::test]
async fn a_batch_that_fails_writes_nothing_and_the_next_one_goes_on() {
    let (store, log) = Store::with_events(2).await;
    let folder = store.directory.path();
    let fail =
        "CREATE TRIGGER fail AFTER INSERT ON events BEGIN SELECT RAISE(ABORT, 'the disk is on fire'); END";
    run_past_the_service(folder, "log.sqlite", fail).await.unwrap();
    assert!(matches!(log.append(append(8)).await, Err(AppendError::Unavailable(_))));
    assert_eq!(*log.head().borrow(), Position::new(2));

    run_past_the_service(folder, "log.sqlite", "DROP TRIGGER fail").await.unwrap();
    let outcome = log.append(append(8)).await.expect("the same command may come again");
    assert_eq!(outcome.first, Position::new(3));
}

#[tokio::test]
async fn a_log_that_is_dropped_finishes_what_was_queued() {
    let store = Store::new();
    let log = store.open().await;
    let mut tickets = Vec::new();
    for number in 0..300 {
        tickets.push(log.submit(append(number)).await.unwrap());
    }
    drop(log);
    for ticket in tickets {
        ticket.await.expect("it was queued");
    }
}

#[tokio::test]
async fn a_closed_log_leaves_no_wal() {
    let (store, log) = Store::with_events(5).await;
    log.close().await.unwrap();
    let wal = std::fs::metadata(store.directory.path().join("log.sqlite-wal"));
    assert!(wal.map_or(0, |file| file.len()) == 0);
    assert_eq!(*store.open().await.head().borrow(), Position::new(5));
}

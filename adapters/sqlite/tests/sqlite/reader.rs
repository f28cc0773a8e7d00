//! Reading the log beside the service that writes it.

use acta_application::log::{
    AppendError, EventLog, FeedScope, LogError, Position, Sequence, SessionIndex, Snapshot,
};
use acta_sqlite::{DataFolder, OpenError, SqliteLogReader};

use crate::store::{SESSION, Store, TENANT, append, run_past_the_service, stream};

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_finds_everything_that_was_acknowledged_while_the_service_goes_on_appending() {
    let (store, log) = Store::with_events(3).await;
    let reader = SqliteLogReader::open(store.directory.path()).await.unwrap();
    assert_eq!(reader.head().borrow().get(), 3);
    let writing = tokio::spawn(async move {
        for number in 3..400 {
            log.append(append(number)).await.expect("the reader does not stand in its way");
        }
        log
    });
    let mut reached = Position::default();
    while reached.get() < 400 {
        let page = reader.feed(FeedScope::All, reached, 50).await.unwrap();
        assert_eq!(page.events.len() as u64, page.reached.get() - reached.get());
        reached = page.reached;
        tokio::task::yield_now().await;
    }
    let log = writing.await.unwrap();
    assert_eq!(reader.session_size(TENANT, SESSION).await.unwrap(), 400);
    let read = reader.session(TENANT, SESSION, SessionIndex::new(399), 1).await.unwrap();
    assert_eq!(read, log.session(TENANT, SESSION, SessionIndex::new(399), 1).await.unwrap());
    reader.close().await;
    log.close().await.expect("the WAL can be emptied");
}

#[tokio::test]
async fn a_reader_is_no_second_service() {
    let (store, log) = Store::with_events(1).await;
    let reader = SqliteLogReader::open(store.directory.path()).await.unwrap();
    drop(log);
    let Store { folder, directory, .. } = store;
    drop(folder);
    // The writer lets go of the folder when its task has ended.
    while DataFolder::lock(directory.path()).is_err() {
        tokio::task::yield_now().await;
    }
    assert_eq!(reader.feed(FeedScope::All, Position::default(), 10).await.unwrap().events.len(), 1);
}

#[tokio::test]
async fn nothing_is_written_through_a_reader() {
    let (store, _log) = Store::with_events(1).await;
    let reader = SqliteLogReader::open(store.directory.path()).await.unwrap();
    assert!(matches!(reader.append(append(2)).await, Err(AppendError::Unavailable(_))));
    let snapshot = Snapshot { sequence: Sequence::FIRST, state: "{}".to_owned() };
    assert!(matches!(reader.keep_snapshot(TENANT, &stream(), snapshot).await, Err(LogError::Unavailable(_))));
    assert_eq!(reader.snapshot(TENANT, &stream()).await.unwrap(), None);
    assert_eq!(reader.head().borrow().get(), 1);
}

#[tokio::test]
async fn a_log_that_nobody_has_open_can_be_read_and_then_opened_again() {
    let (store, log) = Store::with_events(2).await;
    log.close().await.unwrap();
    let reader = SqliteLogReader::open(store.directory.path()).await.unwrap();
    assert_eq!(reader.feed(FeedScope::All, Position::default(), 10).await.unwrap().events.len(), 2);
    let log = store.open().await;
    log.append(append(2)).await.expect("the reader left nothing that stands in its way");
    assert_eq!(reader.feed(FeedScope::All, Position::new(2), 10).await.unwrap().events.len(), 1);
}

#[tokio::test]
async fn what_a_killed_service_left_in_the_wal_is_read_too() {
    let (store, _log) = Store::with_events(2).await;
    let copy = tempfile::tempdir().unwrap();
    for name in ["log.sqlite", "log.sqlite-wal"] {
        std::fs::copy(store.directory.path().join(name), copy.path().join(name)).unwrap();
    }
    let reader = SqliteLogReader::open(copy.path()).await.unwrap();
    assert_eq!(reader.feed(FeedScope::All, Position::default(), 10).await.unwrap().events.len(), 2);
}

#[tokio::test]
async fn a_log_of_another_version_is_refused_in_words() {
    let (store, log) = Store::with_events(1).await;
    log.close().await.unwrap();
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                 VALUES (9, 'the ninth', TRUE, x'00', 1)";
    run_past_the_service(store.directory.path(), "log.sqlite", newer).await.unwrap();
    let refused = SqliteLogReader::open(store.directory.path()).await.unwrap_err();
    assert!(matches!(refused, OpenError::OtherVersion { found: 9, needed: 1, .. }), "{refused:?}");
    assert!(refused.to_string().contains("is at migration 9, and this program reads migration 1"));
}

#[tokio::test]
async fn a_folder_without_a_log_is_not_given_one() {
    let directory = tempfile::tempdir().unwrap();
    let refused = SqliteLogReader::open(directory.path()).await.unwrap_err();
    assert!(
        matches!(refused, OpenError::Database { path, .. } if path == directory.path().join("log.sqlite"))
    );
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_file_that_is_no_log_is_refused() {
    let store = Store::new();
    std::fs::write(store.directory.path().join("log.sqlite"), "").unwrap();
    let refused = SqliteLogReader::open(store.directory.path()).await.unwrap_err();
    assert!(matches!(refused, OpenError::Database { .. }), "{refused:?}");
}

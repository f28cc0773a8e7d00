//! The file itself refuses changes.

use acta_application::log::{EventLog, FeedScope, Position};

use crate::store::{Store, run_past_the_service};

#[tokio::test]
async fn no_statement_changes_removes_or_replaces_an_event() {
    let (store, log) = Store::with_events(3).await;
    let before = log.feed(FeedScope::All, Position::default(), 10).await.unwrap();
    for statement in [
        "UPDATE events SET payload = '{}' WHERE position = 2",
        "UPDATE events SET position = 9 WHERE position = 3",
        "DELETE FROM events WHERE position = 3",
        "DELETE FROM events",
        "INSERT OR REPLACE INTO events SELECT * FROM events WHERE position = 2",
        "INSERT OR REPLACE INTO events SELECT 4, tenant_id, session_id, session_index, aggregate_type, 'other', sequence,
            event_type, event_version, '{}', metadata, salt, command_digest, command_event, sealed, recorded_at, salt,
            commitment FROM events WHERE position = 2",
        "INSERT INTO events SELECT 5, tenant_id, session_id, 7, aggregate_type, aggregate_id, 7, event_type,
            event_version, payload, metadata, command_id, command_digest, 7, sealed, recorded_at, salt, commitment
            FROM events WHERE position = 2",
    ] {
        let refused = run_past_the_service(store.directory.path(), "log.sqlite", statement).await;
        assert!(refused.is_err(), "{statement}");
    }
    let after = log.feed(FeedScope::All, Position::default(), 10).await.unwrap();
    assert_eq!(after, before);
}

#[tokio::test]
async fn no_statement_changes_or_removes_an_issued_head() {
    let (store, _log) = Store::with_events(1).await;
    let folder = store.directory.path();
    let insert =
        "INSERT INTO session_heads (tenant_id, session_id, size, state, issued_at, key_id, cose, jws)
        VALUES (zeroblob(16), zeroblob(16), 1, 0, 1, zeroblob(32), x'00', '')";
    run_past_the_service(folder, "log.sqlite", insert).await.unwrap();
    for statement in ["UPDATE session_heads SET size = 2", "DELETE FROM session_heads"] {
        let refused = run_past_the_service(folder, "log.sqlite", statement).await;
        assert!(refused.is_err(), "{statement}");
    }
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_not_opened() {
    let (store, log) = Store::with_events(1).await;
    log.close().await.unwrap();
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
        VALUES (99, 'later', 1, x'00', 0)";
    run_past_the_service(store.directory.path(), "log.sqlite", newer).await.unwrap();
    let clock = std::sync::Arc::new(acta_application::log::contract::TestClock::at(
        acta_application::log::contract::moment(0),
    ));
    let randomness = std::sync::Arc::new(acta_application::log::contract::TestRandomness::default());
    let opened = acta_sqlite::SqliteLog::open(&store.folder, clock, randomness).await;
    assert!(matches!(opened, Err(acta_sqlite::OpenError::Migration { .. })));
}

use super::*;

async fn pragma(connection: &mut SqliteConnection, name: &str) -> i64 {
    sqlx::query_scalar(&format!("PRAGMA {name}")).fetch_one(connection).await.unwrap()
}

async fn prepared(synchronous: SqliteSynchronous, migrations: Migrations) -> (Database, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let folder = DataFolder::lock(directory.path()).unwrap();
    (Database::prepare(&folder, "some.sqlite", synchronous, migrations).await.unwrap(), directory)
}

#[tokio::test]
async fn a_commit_to_the_log_waits_for_the_disk() {
    let (database, _directory) = prepared(SqliteSynchronous::Full, LOG).await;
    let mut connection = database.connect().await.unwrap();
    assert_eq!(pragma(&mut connection, "synchronous").await, 2);
    assert_eq!(pragma(&mut connection, "trusted_schema").await, 0);
    assert_eq!(pragma(&mut connection, "foreign_keys").await, 1);
    assert_eq!(pragma(&mut connection, "busy_timeout").await, 5_000);
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut connection).await.unwrap();
    assert_eq!(mode, "wal");
}

#[tokio::test]
async fn a_commit_to_the_views_does_not_wait_for_the_disk() {
    let (database, _directory) = prepared(SqliteSynchronous::Normal, VIEWS).await;
    let mut connection = database.writer().acquire().await.unwrap();
    assert_eq!(pragma(&mut connection, "synchronous").await, 1);
    assert_eq!(pragma(&mut connection, "secure_delete").await, 0);
}

#[tokio::test]
async fn deleted_keys_are_overwritten() {
    let (database, _directory) = prepared(SqliteSynchronous::Full, KEYS).await;
    assert_eq!(pragma(&mut database.connect().await.unwrap(), "secure_delete").await, 1);
}

#[tokio::test]
async fn a_reader_cannot_write() {
    let (database, _directory) = prepared(SqliteSynchronous::Full, LOG).await;
    let written = sqlx::query("DELETE FROM snapshots").execute(&database.readers()).await;
    assert!(written.is_err());
}

#[tokio::test]
async fn a_reader_that_gets_no_connection_is_told_so_in_time() {
    let (database, _directory) = prepared(SqliteSynchronous::Full, LOG).await;
    let readers = database.readers();
    let mut busy = Vec::new();
    for _ in 0..READERS {
        busy.push(readers.acquire().await.unwrap());
    }
    assert!(matches!(readers.acquire().await, Err(sqlx::Error::PoolTimedOut)));
}

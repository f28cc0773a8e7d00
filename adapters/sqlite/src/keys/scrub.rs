//! How the bytes of an erased key leave the files.
//!
//! `secure_delete` overwrites what a statement deletes, but a page that was split earlier may still hold a copy in space that it
//! does not use. So after an erasure the whole file is written anew (`VACUUM`), from live rows only, and the WAL is moved into
//! it and cut to nothing. Erasures are rare and the file holds some hundred bytes a person: 10,000 persons take milliseconds.

use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;

use crate::database::Database;

const PENDING: &str = "SELECT EXISTS (SELECT 1 FROM person_keys WHERE wrapped IS NULL AND scrubbed = 0)";
const DONE: &str = "UPDATE person_keys SET scrubbed = 1 WHERE wrapped IS NULL AND scrubbed = 0";

/// Finishes what a crash cut short.
pub(super) async fn finish(database: &Database) -> Result<(), sqlx::Error> {
    let mut connection = database.connect().await?;
    scrub(&mut connection).await?;
    connection.close().await
}

/// Removes the bytes of erased keys from the files, if any were not removed yet.
pub(super) async fn scrub(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let pending: bool = sqlx::query_scalar(PENDING).fetch_one(&mut *connection).await?;
    if !pending {
        return Ok(());
    }
    sqlx::query("VACUUM").execute(&mut *connection).await?;
    empty_wal(connection).await?;
    sqlx::query(DONE).execute(connection).await.map(|_| ())
}

async fn empty_wal(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let (busy, _, _): (bool, i64, i64) =
        sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(connection).await?;
    if busy {
        // A reader holds on to an old page; the erasure is tried again by the next request, or at the next start.
        return Err(sqlx::Error::PoolTimedOut);
    }
    Ok(())
}

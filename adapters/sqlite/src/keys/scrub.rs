//! How the bytes of an erased key leave the files.
//!
//! `secure_delete` overwrites what a statement deletes, but a page whose neighbours were merged with it may still hold a copy in
//! space that it does not use: in a trial 2 of 15,000 erased keys stayed readable. So after an erasure the whole file is written
//! anew (`VACUUM`), from live rows only, and the WAL is moved into it and cut to nothing. Erasures are rare and the file holds less
//! than 200 bytes a person, so this takes milliseconds.

use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;

use crate::database::Database;

/// An erasure is decided, but its bytes are not gone yet.
#[derive(Debug, thiserror::Error)]
pub(super) enum ScrubError {
    /// The database failed.
    #[error("the files of the person keys cannot be scrubbed")]
    Database(#[from] sqlx::Error),
    /// A reader holds on to an old page. The next erasure and the next start try again.
    #[error("the files of the person keys are still being read")]
    Busy,
}

const PENDING: &str = "SELECT EXISTS (SELECT 1 FROM person_keys WHERE wrapped IS NULL AND scrubbed = 0)";
const DONE: &str = "UPDATE person_keys SET scrubbed = 1 WHERE wrapped IS NULL AND scrubbed = 0";

/// Finishes what a crash cut short.
pub(super) async fn finish(database: &Database) -> Result<(), ScrubError> {
    let mut connection = database.connect().await?;
    scrub(&mut connection).await?;
    Ok(connection.close().await?)
}

/// Removes the bytes of erased keys from the files, if any were not removed yet.
pub(super) async fn scrub(connection: &mut SqliteConnection) -> Result<(), ScrubError> {
    let pending: bool = sqlx::query_scalar(PENDING).fetch_one(&mut *connection).await?;
    if !pending {
        return Ok(());
    }
    rewrite(connection).await?;
    sqlx::query(DONE).execute(connection).await?;
    Ok(())
}

/// Writes the file anew from live rows only; nothing of what they held before is left in it, nor in the WAL.
pub(super) async fn rewrite(connection: &mut SqliteConnection) -> Result<(), ScrubError> {
    sqlx::query("VACUUM").execute(&mut *connection).await?;
    empty_wal(connection).await
}

async fn empty_wal(connection: &mut SqliteConnection) -> Result<(), ScrubError> {
    let (busy, _, _): (bool, i64, i64) =
        sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(connection).await?;
    if busy { Err(ScrubError::Busy) } else { Ok(()) }
}

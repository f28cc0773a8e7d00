//! How the bytes of erased keys leave the table's file.
//!
//! The table is written anew from the rows that stand now, into a new file, and the old file is gone with the commit. That is a
//! change of the type of one column to the same type, which is done from the newest snapshot: no older transaction can make
//! it keep a dead row, as it can with `VACUUM FULL` and `CLUSTER`. The same statement marks the erased rows.

use std::borrow::Cow;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection, Executor, Row as _};

use crate::database::{As, Database};

/// How long everybody else may have to wait because this waits for somebody.
const WAIT: Duration = Duration::from_secs(2);
/// `lock_not_available`, of appendix A of the manual.
const BUSY: &str = "55P03";

// The policy shows no other rows than the erased ones.
const PENDING: &str = "SELECT count(*) FROM person_keys WHERE NOT scrubbed";
const LOCK: &str = "LOCK TABLE person_keys IN ACCESS EXCLUSIVE MODE";
const REWRITE: &str = "ALTER TABLE person_keys ALTER COLUMN scrubbed TYPE boolean USING (wrapped IS NULL)";

/// The erased keys are not out of the table's file; all is as it was before.
#[derive(Debug, thiserror::Error)]
pub enum ScrubError {
    /// Somebody holds on to the table, such as a backup that is being made.
    #[error("the person keys are in use, by a backup for instance: try again later")]
    Busy(#[source] sqlx::Error),
    /// The database failed, or `login` does not own the table.
    #[error("the file of the person keys cannot be written anew")]
    Database(#[source] sqlx::Error),
}

impl From<sqlx::Error> for ScrubError {
    fn from(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
        if code == Some(Cow::Borrowed(BUSY)) { Self::Busy(error) } else { Self::Database(error) }
    }
}

/// Writes the file of the person keys anew, as its owner `login`, so that it holds no key that was erased; gives how many erased keys
/// were in it. Nothing is done if none was.
///
/// Meanwhile everybody who needs a key that is not in memory waits: about 6 s for a million keys on two cores, so with millions it is
/// for a quiet hour; who waits longer than a statement may take is told that the keys are not available. A transaction of isolation
/// level `REPEATABLE READ` that began before and first looks at the keys afterwards sees none.
///
/// # Errors
/// See [`ScrubError`].
pub async fn scrub_keys(login: &PgConnectOptions) -> Result<u64, ScrubError> {
    as_owner(login, |pending| pending > 0).await
}

/// The same, also if none was erased: afterwards the file holds no wrapped form that a key had before (see
/// [`rewrap_keys`](super::rewrap_keys)).
///
/// # Errors
/// See [`ScrubError`].
pub async fn rewrite_keys(login: &PgConnectOptions) -> Result<u64, ScrubError> {
    as_owner(login, |_pending| true).await
}

async fn as_owner(login: &PgConnectOptions, needed: impl Fn(i64) -> bool) -> Result<u64, ScrubError> {
    let login = login.clone().application_name("acta keys scrub").disable_statement_logging();
    let mut connection = login.connect().await?;
    let scrubbed = rewrite(&mut connection, needed).await?;
    connection.close().await?;
    Ok(scrubbed)
}

async fn rewrite(connection: &mut PgConnection, needed: impl Fn(i64) -> bool) -> Result<u64, ScrubError> {
    let begin =
        format!("BEGIN; SET LOCAL lock_timeout = {}; SET LOCAL statement_timeout = 0", WAIT.as_millis());
    let mut transaction = connection.begin_with(begin).await?;
    transaction.execute(LOCK).await?;
    let pending: i64 = sqlx::query_scalar(PENDING).fetch_one(&mut *transaction).await?;
    if needed(pending) {
        transaction.execute(REWRITE).await?;
    }
    transaction.commit().await?;
    Ok(u64::try_from(pending).unwrap_or_default())
}

/// How many erased keys are still in the table's file, wrapped by the master key.
///
/// # Errors
/// When the database does not answer.
pub async fn keys_to_scrub(database: &Database) -> Result<u64, ScrubError> {
    let row = database.ask_one(As::Projection, sqlx::query(PENDING)).await?;
    let pending: i64 = row.ok_or(sqlx::Error::RowNotFound)?.try_get(0)?;
    Ok(u64::try_from(pending).unwrap_or_default())
}

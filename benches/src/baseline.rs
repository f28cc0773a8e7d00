//! What a program without Acta would do: one durable INSERT for each command, on the same disk, with the same settings.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _};

use crate::commands::chunk;
use crate::stopwatch::Stopwatch;

const TABLE: &str = "CREATE TABLE commands (number INTEGER NOT NULL PRIMARY KEY, body TEXT NOT NULL) STRICT";
const INSERT: &str = "INSERT INTO commands (number, body) VALUES (?1, ?2)";

/// Inserts a second.
pub(crate) async fn inserts_per_second(folder: &Path, time: Duration) -> anyhow::Result<f64> {
    let mut connection = open(&folder.join("baseline.sqlite")).await?;
    sqlx::query(TABLE).execute(&mut connection).await?;
    let watch = Stopwatch::start();
    let mut inserted = 0_u32;
    while watch.elapsed() < time {
        let insert = sqlx::query(INSERT).bind(inserted).bind(chunk(u64::from(inserted)));
        insert.execute(&mut connection).await?;
        inserted += 1;
    }
    let rate = f64::from(inserted) / watch.seconds();
    connection.close().await?;
    Ok(rate)
}

/// As the log's writer opens its file.
async fn open(path: &Path) -> Result<SqliteConnection, sqlx::Error> {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .pragma("trusted_schema", "OFF")
        .pragma("temp_store", "MEMORY")
        .pragma("journal_size_limit", "67108864")
        .disable_statement_logging()
        .connect()
        .await
}

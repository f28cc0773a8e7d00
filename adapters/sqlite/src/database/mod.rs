//! How a database file is opened.

mod beside;
mod migrations;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use acta_application::log::Fault;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection};

use crate::folder::{DataFolder, OpenError};

pub(crate) use beside::readers_beside_a_writer;
pub(crate) use migrations::{KEYS, LOG, Migrations, VIEWS};

/// How long a connection waits for a lock, and a reader for a connection.
const PATIENCE: Duration = Duration::from_secs(5);
/// Connections that read one file at a time.
const READERS: u32 = 4;
/// Statements that a writer keeps compiled.
const STATEMENTS: usize = 256;

/// One database file.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    path: PathBuf,
    synchronous: SqliteSynchronous,
    secure_delete: bool,
    // Whoever can open a connection keeps other processes out.
    _folder: DataFolder,
}

impl Database {
    /// The file `name` of `folder`, brought to the form that `migrations` give it.
    pub(crate) async fn prepare(
        folder: &DataFolder,
        name: &str,
        synchronous: SqliteSynchronous,
        migrations: Migrations,
    ) -> Result<Self, OpenError> {
        let path = folder.path().join(name);
        folder.make_file(name)?;
        let database =
            Self { path, synchronous, secure_delete: migrations.secure_delete, _folder: folder.clone() };
        database.migrate(migrations).await?;
        folder.sync()?;
        Ok(database)
    }

    async fn migrate(&self, migrations: Migrations) -> Result<(), OpenError> {
        let failed = |source| OpenError::Migration { path: self.path.clone(), source };
        let mut connection = self.connect().await.map_err(|source| self.failed(source))?;
        let migrator = migrations.migrator().await.map_err(failed)?;
        migrator.run_direct(&mut connection).await.map_err(failed)?;
        connection.close().await.map_err(|source| self.failed(source))
    }

    pub(crate) fn failed(&self, source: sqlx::Error) -> OpenError {
        OpenError::Database { path: self.path.clone(), source }
    }

    /// A connection that writes.
    pub(crate) async fn connect(&self) -> Result<SqliteConnection, sqlx::Error> {
        self.writing().connect().await
    }

    /// Moves everything from the WAL into the file and empties the WAL; fails while somebody still reads.
    pub(crate) async fn checkpoint(&self) -> Result<(), sqlx::Error> {
        let mut connection = self.connect().await?;
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut connection).await?;
        connection.close().await
    }

    /// The one connection that writes, for stores that need no queue in front of it.
    pub(crate) fn writer(&self) -> SqlitePool {
        // A transaction that failed may leave its connection believing that it is still in it; such a one is replaced.
        pool(1)
            .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
            .connect_lazy_with(self.writing())
    }

    /// Connections that cannot write.
    pub(crate) fn readers(&self) -> SqlitePool {
        readers(&self.path)
    }

    fn writing(&self) -> SqliteConnectOptions {
        options(&self.path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(self.synchronous)
            .pragma("secure_delete", if self.secure_delete { "ON" } else { "OFF" })
            // Pages that change often come into the file once for many commits, and few commits wait for that.
            .pragma("wal_autocheckpoint", "4000")
            // 8 MiB: the inner pages of the log's indexes stay in memory.
            .pragma("cache_size", "-8192")
            .pragma("journal_size_limit", "67108864")
            // On macOS an fsync alone does not reach the disk; elsewhere these two do nothing.
            .pragma("fullfsync", "ON")
            .pragma("checkpoint_fullfsync", "ON")
            .statement_cache_capacity(STATEMENTS)
    }
}

fn readers(path: &Path) -> SqlitePool {
    pool(READERS).connect_lazy_with(options(path).read_only(true).pragma("query_only", "ON"))
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(PATIENCE)
        .foreign_keys(true)
        .pragma("trusted_schema", "OFF")
        .pragma("temp_store", "MEMORY")
        .disable_statement_logging()
}

fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(PATIENCE)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
}

/// A database error as the ports tell it.
pub(crate) fn fault(error: sqlx::Error) -> Fault {
    Arc::new(error)
}

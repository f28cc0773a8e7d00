//! Opening and closing the stores, of either kind.

use std::sync::Arc;

use acta_application::clock::{Clock, Randomness};
use acta_application::evidence::HeadArchive;
use acta_application::issuer::Credentials;
use acta_application::leases::{Leases, SoleInstance};
use acta_application::log::EventLog;
use acta_application::persons::PersonKeys;
use acta_application::presence::{MemoryPresence, PresenceBoard};
use acta_application::views::Views;
use acta_postgres::{
    Database, DatabaseOptions, PostgresCredentials, PostgresKeys, PostgresLeases, PostgresLog,
    PostgresPresence, PostgresViews, Rights, keys_to_scrub,
};
use acta_sqlite::{DataFolder, SqliteCredentials, SqliteKeys, SqliteLog, SqliteLogReader, SqliteViews};

use super::keys::ServiceKeys;
use crate::config::Config;
use crate::system::{SystemClock, SystemRandomness};

/// Where everything is kept: found, held, and safe to use.
pub(crate) enum Ground {
    /// Files in a folder that this process has alone.
    Folder(DataFolder),
    /// A database that other instances may use too.
    Database {
        /// The database.
        database: Database,
        /// What an operator should know of the rights and the server.
        warnings: Vec<String>,
    },
}

impl Ground {
    /// Takes hold of what `config` names. The rights in a database are checked before anything else is done there.
    pub(crate) async fn take(config: &Config) -> anyhow::Result<Self> {
        let Some(options) = config.database.options()? else {
            return Ok(Self::Folder(DataFolder::lock(&config.data)?));
        };
        let (database, warnings) = checked(options).await?;
        Ok(Self::Database { database, warnings })
    }

    /// The same, where there is a log already.
    pub(crate) async fn take_existing(config: &Config) -> anyhow::Result<Self> {
        ensure_log(config)?;
        Self::take(config).await
    }

    /// The kind of the stores.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Folder(_) => "sqlite",
            Self::Database { .. } => "postgresql",
        }
    }

    /// How many erased keys are still in a table's file; [`None`] where they are out of the files when their erasure is acknowledged.
    pub(crate) async fn keys_to_scrub(&self) -> anyhow::Result<Option<u64>> {
        Ok(match self {
            Self::Folder(_) => None,
            Self::Database { database, .. } => Some(keys_to_scrub(database).await?),
        })
    }

    /// Lets go.
    pub(crate) async fn release(self) {
        if let Self::Database { database, .. } = self {
            database.close().await;
        }
    }
}

/// The database, after the rights in it were checked; and what an operator should know of them.
async fn checked(options: DatabaseOptions) -> anyhow::Result<(Database, Vec<String>)> {
    let Rights { warnings } = Rights::check(&options).await?;
    for warning in &warnings {
        tracing::warn!("{warning}");
    }
    Ok((Database::open(options).await?, warnings))
}

fn ensure_log(config: &Config) -> anyhow::Result<()> {
    if config.database.options()?.is_none() {
        let log = config.data.join("log.sqlite");
        anyhow::ensure!(log.exists(), "there is no log at {}", log.display());
    }
    Ok(())
}

/// The log alone, to be read beside a service that may be running.
pub(crate) enum LogToRead {
    /// In a file that the service may have locked.
    File(Arc<SqliteLogReader>),
    /// In a database; nothing is appended through it.
    Database(Arc<PostgresLog>, Database),
}

impl LogToRead {
    /// Opens the log that `config` names, which must be there.
    pub(crate) async fn open(config: &Config) -> anyhow::Result<Self> {
        ensure_log(config)?;
        let Some(options) = config.database.options()? else {
            return Ok(Self::File(Arc::new(SqliteLogReader::open(&config.data).await?)));
        };
        let (database, _warnings) = checked(options).await?;
        let log = PostgresLog::open(&database, Arc::new(SystemClock), Arc::new(SystemRandomness)).await?;
        Ok(Self::Database(Arc::new(log), database))
    }

    /// The log.
    pub(crate) fn log(&self) -> Arc<dyn EventLog> {
        match self {
            Self::File(log) => Arc::clone(log) as _,
            Self::Database(log, _) => Arc::clone(log) as _,
        }
    }

    /// Closes its connections.
    pub(crate) async fn close(self) {
        match self {
            Self::File(log) => log.close().await,
            Self::Database(log, database) => {
                log.close().await;
                database.close().await;
            }
        }
    }
}

/// The log and the views, which can be read without any key.
pub(crate) struct LogAndViews {
    pub(crate) log: Arc<dyn EventLog>,
    pub(crate) archive: Arc<dyn HeadArchive>,
    pub(crate) views: Arc<dyn Views>,
    opened: OpenedLog,
}

/// The same, by what they really are, to be closed in the end.
enum OpenedLog {
    Sqlite { log: Arc<SqliteLog>, views: Arc<SqliteViews> },
    Postgres { log: Arc<PostgresLog>, views: Arc<PostgresViews> },
}

impl LogAndViews {
    /// Opens them on `ground`.
    pub(crate) async fn open(ground: &Ground) -> anyhow::Result<Self> {
        let (clock, randomness): (Arc<dyn Clock>, Arc<dyn Randomness>) =
            (Arc::new(SystemClock), Arc::new(SystemRandomness));
        Ok(match ground {
            Ground::Folder(folder) => {
                let log = Arc::new(SqliteLog::open(folder, clock, randomness).await?);
                Self::of_sqlite(log, Arc::new(SqliteViews::open(folder).await?))
            }
            Ground::Database { database, .. } => {
                let log = Arc::new(PostgresLog::open(database, clock, randomness).await?);
                Self::of_postgres(log, Arc::new(PostgresViews::open(database).await?))
            }
        })
    }

    fn of_sqlite(log: Arc<SqliteLog>, views: Arc<SqliteViews>) -> Self {
        Self {
            log: Arc::clone(&log) as _,
            archive: Arc::clone(&log) as _,
            views: Arc::clone(&views) as _,
            opened: OpenedLog::Sqlite { log, views },
        }
    }

    fn of_postgres(log: Arc<PostgresLog>, views: Arc<PostgresViews>) -> Self {
        Self {
            log: Arc::clone(&log) as _,
            archive: Arc::clone(&log) as _,
            views: Arc::clone(&views) as _,
            opened: OpenedLog::Postgres { log, views },
        }
    }

    /// Finishes what is queued.
    pub(crate) async fn close(&self) -> anyhow::Result<()> {
        match &self.opened {
            OpenedLog::Sqlite { log, views } => {
                log.close().await?;
                views.close().await?;
            }
            OpenedLog::Postgres { log, views } => {
                log.close().await;
                views.close().await;
            }
        }
        Ok(())
    }
}

/// All stores of a running service.
pub(super) struct Stores {
    pub(super) written: LogAndViews,
    pub(super) keys: Arc<dyn PersonKeys>,
    pub(super) leases: Arc<dyn Leases>,
    pub(super) credentials: Arc<dyn Credentials>,
    opened: OpenedKeys,
    ground: Ground,
}

/// The person keys by what they really are, to be closed in the end.
enum OpenedKeys {
    Sqlite(Arc<SqliteKeys>, Arc<SqliteCredentials>),
    Postgres(Arc<PostgresKeys>),
}

impl Stores {
    /// Opens them on `ground` with the service's `keys`.
    pub(super) async fn open(ground: Ground, config: &Config, keys: &ServiceKeys) -> anyhow::Result<Self> {
        let (wrap, randomness) = (Arc::clone(&keys.master) as _, Arc::new(SystemRandomness));
        Ok(match &ground {
            Ground::Folder(folder) => {
                let written = LogAndViews::open(&ground).await?;
                let keys = Arc::new(SqliteKeys::open(folder, wrap, randomness).await?);
                let credentials = Arc::new(SqliteCredentials::open(folder).await?);
                // The folder's lock keeps every other instance out.
                let leases = Arc::new(SoleInstance);
                let opened = OpenedKeys::Sqlite(Arc::clone(&keys), Arc::clone(&credentials));
                Self { written, keys, leases, credentials, opened, ground }
            }
            Ground::Database { database, .. } => {
                keys.check(config, database).await?;
                let written = LogAndViews::open(&ground).await?;
                let keys = Arc::new(PostgresKeys::open(database, wrap, randomness).await?);
                let leases = Arc::new(PostgresLeases::new(database));
                let opened = OpenedKeys::Postgres(Arc::clone(&keys));
                let credentials = Arc::new(PostgresCredentials::new(database));
                Self { written, keys, leases, credentials, opened, ground }
            }
        })
    }

    /// Whether views and log are in files of their own, so that one of them can be restored without the other.
    pub(super) const fn are_restored_apart(&self) -> bool {
        matches!(self.ground, Ground::Folder(_))
    }

    /// The kind of the stores.
    pub(super) const fn name(&self) -> &'static str {
        self.ground.name()
    }

    /// The database, where there is one.
    pub(super) fn database(&self) -> Option<Database> {
        match &self.ground {
            Ground::Folder(_) => None,
            Ground::Database { database, .. } => Some(database.clone()),
        }
    }

    /// Where instances tell each other who is connected.
    pub(super) fn presence_board(&self) -> Arc<dyn PresenceBoard> {
        match &self.ground {
            // The folder's lock keeps every other instance out.
            Ground::Folder(_) => Arc::new(MemoryPresence::new()),
            Ground::Database { database, .. } => Arc::new(PostgresPresence::new(database)),
        }
    }

    /// Finishes what is queued and lets go.
    pub(super) async fn close(self) -> anyhow::Result<()> {
        self.written.close().await?;
        match self.opened {
            OpenedKeys::Sqlite(keys, credentials) => {
                credentials.close().await;
                keys.close().await?;
            }
            OpenedKeys::Postgres(keys) => keys.close().await,
        }
        self.ground.release().await;
        Ok(())
    }
}

//! The database: two pools, one for each role, and the one way to a tenant's rows.

mod ask;
mod migrate;
mod migrations;
mod options;

use std::cmp::Ordering;
use std::sync::Arc;
use std::time::Duration;

use acta_application::log::Fault;
use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgListener, PgPool};

pub(crate) use ask::As;
pub use migrate::{MigrateError, Migrated, migrate};
pub use migrations::migrations;
pub use options::DatabaseOptions;
pub(crate) use options::{Role, place};

use migrations::Migrations;

/// The database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It cannot be reached, or does not answer.
    #[error("the database cannot be reached")]
    Connect(#[from] sqlx::Error),
    /// Its tables are not in the form that this version of the service needs.
    #[error(
        "the database is at migration {found}, this version of the service needs {needed}: run `acta migrate`"
    )]
    Migration {
        /// The newest migration that was run; 0 for none.
        found: i64,
        /// The newest that there is.
        needed: i64,
    },
    /// A newer version of the service has migrated it.
    #[error(
        "the database is at migration {found}, and this version of the service knows {known}: use a newer version"
    )]
    Newer {
        /// The newest migration that was run.
        found: i64,
        /// The newest that this version has.
        known: i64,
    },
}

/// A connection of `login` alone that is no part of a pool, with its own rights.
pub(crate) async fn connect(
    login: &PgConnectOptions,
    patience: Duration,
) -> Result<PgConnection, sqlx::Error> {
    let login = login.clone().application_name("acta").disable_statement_logging();
    tokio::time::timeout(patience, login.connect()).await.map_err(|_| sqlx::Error::PoolTimedOut)?
}

/// How many connections a pool has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolFigures {
    /// For whom they are.
    pub name: &'static str,
    /// There are so many.
    pub open: u32,
    /// So many of them wait for work.
    pub idle: u32,
    /// There may be so many.
    pub most: u32,
}

/// The database, by two pools of connections.
#[derive(Debug, Clone)]
pub struct Database {
    serve: PgPool,
    project: PgPool,
    options: Arc<DatabaseOptions>,
}

impl Database {
    /// Opens the database, whose tables must be in the form that this version needs.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open(options: DatabaseOptions) -> Result<Self, OpenError> {
        let (serve, project) = (options::pool(&options, Role::Serve), options::pool(&options, Role::Project));
        let database = Self { serve, project, options: Arc::new(options) };
        database.check_migrations().await?;
        Ok(database)
    }

    async fn check_migrations(&self) -> Result<(), OpenError> {
        let known: bool = sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL")
            .fetch_one(&self.serve)
            .await?;
        let newest = "SELECT coalesce(max(version), 0) FROM _sqlx_migrations WHERE success";
        let found: i64 = if known { sqlx::query_scalar(newest).fetch_one(&self.serve).await? } else { 0 };
        match found.cmp(&Migrations::NEWEST) {
            Ordering::Less => Err(OpenError::Migration { found, needed: Migrations::NEWEST }),
            Ordering::Equal => Ok(()),
            Ordering::Greater => Err(OpenError::Newer { found, known: Migrations::NEWEST }),
        }
    }

    /// How many connections there are, by pool.
    pub fn pools(&self) -> [PoolFigures; 2] {
        [("serve", &self.serve), ("project", &self.project)].map(|(name, pool)| PoolFigures {
            name,
            open: pool.size(),
            idle: u32::try_from(pool.num_idle()).unwrap_or(u32::MAX),
            most: pool.options().get_max_connections(),
        })
    }

    /// Closes all connections; what is under way is finished first.
    pub async fn close(&self) {
        self.serve.close().await;
        self.project.close().await;
    }

    /// The connections of `role`; those that serve see nothing until a tenant is named.
    fn pool(&self, role: Role) -> &PgPool {
        match role {
            Role::Serve => &self.serve,
            Role::Project => &self.project,
        }
    }

    /// A pool of one connection of `role`, for somebody who listens and keeps it for good.
    pub(crate) fn listening(&self, role: Role) -> PgPool {
        let pool = self.pool(role);
        let options = pool.options().clone().min_connections(0).max_connections(1);
        options.connect_lazy_with((*pool.connect_options()).clone())
    }

    /// A connection of its own that serves, beside the pool.
    pub(crate) async fn connect_to_serve(&self) -> Result<PgConnection, sqlx::Error> {
        let login = self.options.serve.clone().application_name("acta log").disable_statement_logging();
        let set_up = Role::Serve.set_up(self.options.statement);
        let connected = async {
            let mut connection = login.connect().await?;
            sqlx::Executor::execute(&mut connection, sqlx::raw_sql(&set_up)).await?;
            Ok(connection)
        };
        let late = |_| sqlx::Error::PoolTimedOut;
        tokio::time::timeout(self.options.acquire, connected).await.map_err(late)?
    }

    /// A listener on `channel`, with a connection of its own. A network that falls silent meanwhile is an error in time.
    pub(crate) async fn listen(&self, role: Role, channel: &str) -> Result<PgListener, sqlx::Error> {
        let pool = self.listening(role);
        let listening = async {
            let mut listener = PgListener::connect_with(&pool).await?;
            listener.listen(channel).await?;
            Ok(listener)
        };
        let late = |_| sqlx::Error::PoolTimedOut;
        tokio::time::timeout(self.options.acquire, listening).await.map_err(late)?
    }

    /// How long an answer of the database may take: its own bound, and something for the way.
    pub(crate) fn patience(&self) -> Duration {
        self.options.statement + Duration::from_secs(2)
    }
}

/// A database error as the ports tell it.
pub(crate) fn fault(error: sqlx::Error) -> Fault {
    Arc::new(error)
}

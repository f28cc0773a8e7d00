//! Where the database is, and which logins work in it.

mod place;
mod secret;

use std::path::PathBuf;
use std::time::Duration;

use acta_postgres::{DatabaseOptions, Login};
use clap::{Args, value_parser};

pub(crate) use place::PlaceError;
pub(crate) use secret::Secret;

const PROJECT_URL: &str = "PROJECT_DATABASE_URL";
const MIGRATE_URL: &str = "MIGRATE_DATABASE_URL";

/// Where the database is, and which logins work in it. Nothing given: there is none, and the data folder holds everything.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "PostgreSQL, in place of the files in the data folder")]
pub(crate) struct DatabaseArgs {
    /// The database with the login of the service: postgres://login:password@host:port/name?sslmode=verify-full.
    /// Or give its parts
    #[arg(long, value_name = "URL", env = "DATABASE_URL", hide_env_values = true)]
    database_url: Option<Secret>,

    /// The host, or the folder of the socket
    #[arg(long, value_name = "HOST", env = "DATABASE_HOST")]
    database_host: Option<String>,

    /// The port [default: 5432]
    #[arg(long, value_name = "PORT", env = "DATABASE_PORT")]
    database_port: Option<u16>,

    /// The login of the service
    #[arg(long, value_name = "LOGIN", env = "DATABASE_USERNAME")]
    database_username: Option<String>,

    /// Its password; other users of this computer see command lines, so better put it into the environment
    #[arg(long, value_name = "PASSWORD", env = "DATABASE_PASSWORD", hide_env_values = true)]
    database_password: Option<Secret>,

    /// The name of the database
    #[arg(long, value_name = "NAME", env = "DATABASE_NAME")]
    database_name: Option<String>,

    /// disable, allow, prefer, require, verify-ca or verify-full [default: prefer]
    #[arg(long, value_name = "MODE", env = "DATABASE_SSLMODE")]
    database_sslmode: Option<String>,

    /// The certificates that the server's one is checked against (PEM)
    #[arg(long, value_name = "FILE", env = "DATABASE_SSLROOTCERT")]
    database_sslrootcert: Option<PathBuf>,

    /// The same database with another login, for projections [default: the login of the service]
    #[arg(long, value_name = "URL", env = PROJECT_URL, hide_env_values = true)]
    project_database_url: Option<Secret>,

    /// The same database with the login that owns its tables, for migrations
    #[arg(long, value_name = "URL", env = MIGRATE_URL, hide_env_values = true)]
    migrate_database_url: Option<Secret>,

    /// Most connections of each of the two pools
    #[arg(long, value_name = "N", env = "DATABASE_MAX_CONNECTIONS", default_value_t = CONNECTIONS,
        value_parser = value_parser!(u32).range(2..=10_000))]
    database_max_connections: u32,

    /// How long a request waits for a connection, in seconds
    #[arg(long, value_name = "SECONDS", env = "DATABASE_ACQUIRE_TIMEOUT", default_value_t = ACQUIRE,
        value_parser = value_parser!(u64).range(1..=3_600))]
    database_acquire_timeout: u64,

    /// How long the database may work on one statement, in seconds
    #[arg(long, value_name = "SECONDS", env = "DATABASE_STATEMENT_TIMEOUT", default_value_t = STATEMENT,
        value_parser = value_parser!(u64).range(1..=3_600))]
    database_statement_timeout: u64,
}

const CONNECTIONS: u32 = 10;
const ACQUIRE: u64 = 5;
const STATEMENT: u64 = 10;

impl DatabaseArgs {
    /// No database.
    pub(crate) fn none() -> Self {
        Self {
            database_url: None,
            database_host: None,
            database_port: None,
            database_username: None,
            database_password: None,
            database_name: None,
            database_sslmode: None,
            database_sslrootcert: None,
            project_database_url: None,
            migrate_database_url: None,
            database_max_connections: CONNECTIONS,
            database_acquire_timeout: ACQUIRE,
            database_statement_timeout: STATEMENT,
        }
    }

    /// How the database is reached; [`None`] when none is named.
    pub(crate) fn options(&self) -> Result<Option<DatabaseOptions>, PlaceError> {
        let project = place::of_url(PROJECT_URL, self.project_database_url.as_ref())?;
        let Some(serve) = self.service()? else {
            return match project {
                Some(_) => Err(PlaceError::Alone { setting: PROJECT_URL }),
                None => Ok(None),
            };
        };
        Ok(Some(DatabaseOptions {
            project: project.unwrap_or_else(|| serve.clone()),
            serve,
            connections: self.database_max_connections,
            acquire: Duration::from_secs(self.database_acquire_timeout),
            statement: Duration::from_secs(self.database_statement_timeout),
        }))
    }

    /// The login that owns the tables, where one is given.
    pub(crate) fn owner(&self) -> Result<Option<Login>, PlaceError> {
        place::of_url(MIGRATE_URL, self.migrate_database_url.as_ref())
    }

    /// The login that migrates when it is asked for: the owner's, else the one that is there.
    pub(crate) fn migrating(&self) -> Result<Option<Login>, PlaceError> {
        Ok(match self.owner()? {
            Some(owner) => Some(owner),
            None => self.service()?,
        })
    }
}

#[cfg(test)]
mod tests;

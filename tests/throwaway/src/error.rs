//! What can go wrong with throw-away things.

use std::io;
use std::time::Duration;

/// Why a cluster, a database, a broker or a proxy could not be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no server to start.
    #[error(
        "no PostgreSQL server was found: install it (on Debian `apt-get install postgresql`, or `make setup`)"
    )]
    NoServer,
    /// There is no broker to start.
    #[error(
        "no Kafka broker was found: `make target/python/bin/python` installs one; or {variable} names a program"
    )]
    NoBroker {
        /// The environment variable that can name one.
        variable: &'static str,
    },
    /// There is no Redis server to start.
    #[error(
        "no Redis server was found: install it (on Debian `apt-get install redis-server`, or `make setup-test`)"
    )]
    NoRedis,
    /// The server refuses to run as root, and there is nobody else.
    #[error(
        "root cannot run PostgreSQL and there is no user `postgres`: install Debian's package `postgresql`"
    )]
    NoUser,
    /// A program could not be run at all.
    #[error("`{program}` could not be run")]
    Unrunnable {
        /// The program.
        program: String,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// A program ran and failed.
    #[error("`{program}` failed: {output}")]
    Failed {
        /// The program.
        program: String,
        /// What it printed.
        output: String,
    },
    /// The server ended instead of becoming ready.
    #[error("the server ended while it was starting; its log:\n{log}")]
    Ended {
        /// The end of its log.
        log: String,
    },
    /// The server took too long to become ready.
    #[error("the server was not ready after {waited:?}; its log:\n{log}")]
    NotReady {
        /// How long it was given.
        waited: Duration,
        /// The end of its log.
        log: String,
    },
    /// The server took too long to end.
    #[error("the server did not end within {waited:?}")]
    NotStopped {
        /// How long it was given.
        waited: Duration,
    },
    /// A running server cannot be started again.
    #[error("the server is running already")]
    Running,
    /// A stopped server cannot be stopped.
    #[error("the server is not running")]
    NotRunning,
    /// Something with the server's folder.
    #[error("the server's folder could not be used")]
    Folder(#[source] io::Error),
    /// No port could be bound.
    #[error("there is no free port on 127.0.0.1")]
    NoPort(#[source] io::Error),
    /// The environment names a server in a way that cannot be read.
    #[error("{variable} is not the URL of a PostgreSQL server")]
    Address {
        /// The environment variable.
        variable: &'static str,
        /// What is wrong with it.
        #[source]
        source: sqlx::Error,
    },
    /// The server's host has no address.
    #[error("{host} has no address")]
    Host {
        /// The host.
        host: String,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// The database refused something.
    #[error("PostgreSQL refused")]
    Database(#[from] sqlx::Error),
    /// The caller's migration failed.
    #[error("the template {template} could not be migrated")]
    Migration {
        /// The name of the template.
        template: String,
        /// What the migration said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

//! The server that everything here is measured on, and databases in it.

use std::str::FromStr as _;

use acta_postgres::{migrate, migrations};
use acta_throwaway::{Cluster, Database, Login, Options, template_name};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};

use super::server::Server;

/// For 512 clients of pgbench, and everybody else.
const CONNECTIONS: u16 = 700;
/// What is told of the server: what durability and its cost depend on.
const SETTINGS: [&str; 9] = [
    "server_version",
    "fsync",
    "synchronous_commit",
    "wal_sync_method",
    "full_page_writes",
    "shared_buffers",
    "max_wal_size",
    "checkpoint_timeout",
    "max_connections",
];

/// A server with fsync on and Debian's defaults, but for the number of connections.
pub(super) struct Place {
    cluster: Cluster,
}

impl Place {
    pub(super) async fn make() -> anyhow::Result<Self> {
        Ok(Self { cluster: Cluster::start(Options::default().with_connections(CONNECTIONS)).await? })
    }

    /// A migrated database.
    pub(super) async fn database(&self) -> anyhow::Result<Database> {
        let template = template_name("acta", migrations());
        let migrated = |owner: String| async move { migrate(&login(&owner)).await.map(drop) };
        Ok(Database::create(self.cluster.server(), &template, migrated).await?)
    }

    /// How it is set, in one line.
    pub(super) async fn settings(&self) -> anyhow::Result<String> {
        let mut superuser = self.superuser("postgres").await?;
        let mut settings = Vec::new();
        for name in SETTINGS {
            let value: String =
                sqlx::query_scalar("SELECT current_setting($1)").bind(name).fetch_one(&mut superuser).await?;
            settings.push(format!("{name} {value}"));
        }
        superuser.close().await?;
        Ok(settings.join(", "))
    }

    /// A checkpoint, so that whatever is measured next starts with as little behind it as the others.
    pub(super) async fn checkpoint(&self) -> anyhow::Result<()> {
        let mut superuser = self.superuser("postgres").await?;
        superuser.execute("CHECKPOINT").await?;
        Ok(superuser.close().await?)
    }

    /// The processes of the server.
    pub(super) async fn server(&self) -> anyhow::Result<Server> {
        let mut superuser = self.superuser("postgres").await?;
        let backend: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut superuser).await?;
        let server = Server::of_backend(u32::try_from(backend)?)?;
        superuser.close().await?;
        Ok(server)
    }

    async fn superuser(&self, database: &str) -> anyhow::Result<PgConnection> {
        Ok(login(&self.cluster.url(database)).connect().await?)
    }
}

/// Runs `statements` in `database` as `who`.
pub(super) async fn run(database: &Database, who: Login, statements: String) -> anyhow::Result<()> {
    let mut connection = login(&database.url_of(who)).connect().await?;
    connection.execute(sqlx::raw_sql(&statements)).await?;
    Ok(connection.close().await?)
}

/// How the service connects to `database`.
pub(super) fn service_login(database: &Database) -> PgConnectOptions {
    login(&database.url_of(Login::Service))
}

pub(super) fn login(url: &str) -> PgConnectOptions {
    PgConnectOptions::from_str(url).expect("the URL is well formed").disable_statement_logging()
}

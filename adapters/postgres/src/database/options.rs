//! How the database is reached, and the bounds of everything that is asked of it.

use std::fmt;
use std::time::Duration;

use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};

/// How the database is reached, and the bounds of everything that is asked of it.
#[derive(Clone)]
pub struct DatabaseOptions {
    /// The login that serves: a member of `acta_serve`.
    pub serve: PgConnectOptions,
    /// The login that projects: a member of `acta_project`. It may be the same one.
    pub project: PgConnectOptions,
    /// Most connections of each of the two pools.
    pub connections: u32,
    /// How long a caller waits for a connection.
    pub acquire: Duration,
    /// How long the database works on one statement before it gives up.
    pub statement: Duration,
}

impl DatabaseOptions {
    /// One login for everything, with the usual bounds: 10 connections a pool, 5 s for a connection, 10 s for a statement.
    pub fn of_login(login: PgConnectOptions) -> Self {
        Self {
            serve: login.clone(),
            project: login,
            connections: 10,
            acquire: Duration::from_secs(5),
            statement: Duration::from_secs(10),
        }
    }
}

/// Without the passwords, which a login's own `Debug` shows.
impl fmt::Debug for DatabaseOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { serve, project, connections, acquire, statement } = self;
        f.debug_struct("DatabaseOptions")
            .field("serve", &place(serve))
            .field("project", &place(project))
            .field("connections", connections)
            .field("acquire", acquire)
            .field("statement", statement)
            .finish()
    }
}

/// Which database `login` means and as whom, without the password.
pub(crate) fn place(login: &PgConnectOptions) -> String {
    let (user, port) = (login.get_username(), login.get_port());
    let name = login.get_database().unwrap_or(user);
    match login.get_socket() {
        Some(folder) => format!("{name} in {}:{port} (as {user})", folder.display()),
        None => format!("{name} at {}:{port} (as {user})", login.get_host()),
    }
}

/// Which of the two roles a connection takes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Serve,
    Project,
}

impl Role {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Serve => "acta_serve",
            Self::Project => "acta_project",
        }
    }

    /// What a new connection is told before anybody uses it: one message.
    pub(crate) fn set_up(self, statement: Duration) -> String {
        let (role, millis) = (self.as_str(), statement.as_millis());
        format!(
            "SET ROLE {role}; SET statement_timeout = {millis}; SET lock_timeout = {millis}; \
             SET idle_in_transaction_session_timeout = {millis}; SET client_min_messages = warning"
        )
    }
}

/// Connections of `role`, opened when they are needed.
pub(super) fn pool(options: &DatabaseOptions, role: Role) -> PgPool {
    let login = match role {
        Role::Serve => &options.serve,
        Role::Project => &options.project,
    };
    let set_up: &'static str = Box::leak(role.set_up(options.statement).into_boxed_str());
    PgPoolOptions::new()
        .max_connections(options.connections)
        .acquire_timeout(options.acquire)
        .idle_timeout(Duration::from_mins(10))
        .after_connect(move |connection, _| {
            Box::pin(async move {
                sqlx::Executor::execute(connection, sqlx::raw_sql(set_up)).await?;
                Ok(())
            })
        })
        .connect_lazy_with(login.clone().application_name("acta").disable_statement_logging())
}

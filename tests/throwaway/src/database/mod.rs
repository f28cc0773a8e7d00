//! Fresh databases.

mod template;

use std::error::Error as StdError;
use std::time::Duration;

use sqlx::error::DatabaseError;
use sqlx::{Connection as _, Executor as _, PgConnection};
use uuid::Uuid;

pub use template::template_name;

use crate::{Error, FaultProxy, Server};

/// How often a copy is tried of a template that something else, such as a vacuum, is looking at.
const ATTEMPTS: usize = 20;
const PAUSE: Duration = Duration::from_millis(100);
/// `object_in_use`, of appendix A of the manual.
const IN_USE: &str = "55006";

/// Who connects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Login {
    /// `acta_owner`: owns the database and everything in it, and migrates it. No superuser.
    Owner,
    /// `acta_service`: a member of `acta_serve` and `acta_project` that has their rights only after `SET ROLE`.
    Service,
}

impl Login {
    /// The name of the role.
    pub fn name(self) -> &'static str {
        match self {
            Self::Owner => "acta_owner",
            Self::Service => "acta_service",
        }
    }
}

/// A fresh database of one test.
///
/// [`Self::remove`] drops it; one that is forgotten stays until its server goes.
#[derive(Debug)]
pub struct Database {
    server: Server,
    name: String,
}

impl Database {
    /// Makes a database that looks as `migrate` leaves it.
    ///
    /// The first caller on a server, in any process, runs `migrate` with the URL of the owner's login on an empty database; everybody
    /// else gets a copy. The name of the template stands for what `migrate` does: see [`template_name`]. The roles
    /// `acta_owner`, `acta_service`, `acta_serve` and `acta_project` are there before it runs.
    ///
    /// # Errors
    /// [`Error::Migration`] with what `migrate` said, and [`Error::Database`].
    pub async fn create<F, E>(
        server: &Server,
        template: &str,
        migrate: impl FnOnce(String) -> F,
    ) -> Result<Self, Error>
    where
        F: Future<Output = Result<(), E>>,
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        let mut superuser = server.connect().await?;
        if !template::exists(&mut superuser, template).await? {
            template::make(&mut superuser, server, template, migrate).await?;
        }
        let name = format!("acta_test_{}", random().simple());
        copy(&mut superuser, template, &name).await?;
        superuser.close().await?;
        Ok(Self { server: server.clone(), name })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The server that it is on.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Its URL for one of its logins.
    pub fn url_of(&self, login: Login) -> String {
        self.server.url_of(login.name(), &self.name)
    }

    /// Its URL for one of its logins, through a proxy in front of its server.
    pub fn url_through(&self, proxy: &FaultProxy, login: Login) -> String {
        self.server.through(proxy).url_of(login.name(), &self.name)
    }

    /// Its URL for the superuser, who is bound by no policy.
    pub fn superuser_url(&self) -> String {
        self.server.url(&self.name)
    }

    /// Drops it, and whoever is connected to it.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn remove(self) -> Result<(), Error> {
        let mut superuser = self.server.connect().await?;
        run(&mut superuser, &format!(r#"DROP DATABASE "{}" WITH (FORCE)"#, self.name)).await?;
        Ok(superuser.close().await?)
    }
}

async fn copy(superuser: &mut PgConnection, template: &str, name: &str) -> Result<(), Error> {
    let owner = Login::Owner.name();
    let statement = format!(r#"CREATE DATABASE "{name}" TEMPLATE "{template}" OWNER {owner}"#);
    for _ in 1..ATTEMPTS {
        match run(superuser, &statement).await {
            Err(error) if is_in_use(&error) => tokio::time::sleep(PAUSE).await,
            done => return Ok(done?),
        }
    }
    Ok(run(superuser, &statement).await?)
}

fn is_in_use(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(DatabaseError::code).is_some_and(|code| code == IN_USE)
}

/// Runs statements that take no parameters, such as those that no prepared statement may hold.
async fn run(connection: &mut PgConnection, statements: &str) -> Result<(), sqlx::Error> {
    connection.execute(sqlx::raw_sql(statements)).await.map(drop)
}

#[expect(clippy::disallowed_methods, reason = "a throw-away name need not be repeatable")]
fn random() -> Uuid {
    Uuid::new_v4()
}

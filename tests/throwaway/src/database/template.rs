//! The database that fresh ones are copies of: migrating takes longer than copying.

use std::error::Error as StdError;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use sqlx::{Connection as _, PgConnection};

use super::{Login, run};
use crate::{Error, Server};

/// The advisory lock under which roles and templates are made, in the database `postgres`.
const LOCK: i64 = 0x6163_7461;

/// The roles of `migrations/postgres`, and the logins that use them.
const ROLES: &str = "
DO $$
DECLARE
    wanted text[];
BEGIN
    FOREACH wanted SLICE 1 IN ARRAY ARRAY[
        ['acta_serve', 'NOLOGIN'], ['acta_project', 'NOLOGIN'], ['acta_owner', 'LOGIN'], ['acta_service', 'LOGIN NOINHERIT']
    ] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted[1]) THEN
            EXECUTE format('CREATE ROLE %I %s', wanted[1], wanted[2]);
        END IF;
    END LOOP;
    GRANT acta_serve, acta_project TO acta_service;
END
$$";

/// A name for the template that these texts, such as migrations, make: other texts, another name.
pub fn template_name<T: AsRef<[u8]>>(prefix: &str, texts: impl IntoIterator<Item = T>) -> String {
    let mut digest = DefaultHasher::new();
    for text in texts {
        text.as_ref().hash(&mut digest);
    }
    format!("{prefix}_{:016x}", digest.finish())
}

/// Whether it is complete: it becomes a template as the last step.
pub(super) async fn exists(superuser: &mut PgConnection, name: &str) -> Result<bool, Error> {
    let complete =
        sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1 AND datistemplate)");
    Ok(complete.bind(name).fetch_one(superuser).await?)
}

/// Makes it, unless somebody else has made it by the time that we may.
pub(super) async fn make<F, E>(
    superuser: &mut PgConnection,
    server: &Server,
    name: &str,
    migrate: impl FnOnce(String) -> F,
) -> Result<(), Error>
where
    F: Future<Output = Result<(), E>>,
    E: Into<Box<dyn StdError + Send + Sync>>,
{
    // A connection of its own: when it goes, for whatever reason, so does the lock.
    let mut locked = server.connect().await?;
    sqlx::query("SELECT pg_advisory_lock($1)").bind(LOCK).execute(&mut locked).await?;
    if !exists(superuser, name).await? {
        run(superuser, ROLES).await?;
        empty(superuser, name).await?;
        let owner = server.url_of(Login::Owner.name(), name);
        let migrated = migrate(owner).await;
        migrated.map_err(|source| Error::Migration { template: name.to_owned(), source: source.into() })?;
        complete(superuser, name).await?;
    }
    Ok(locked.close().await?)
}

/// An empty database in place of what an attempt that failed may have left.
async fn empty(superuser: &mut PgConnection, name: &str) -> Result<(), Error> {
    run(superuser, &format!(r#"DROP DATABASE IF EXISTS "{name}" WITH (FORCE)"#)).await?;
    let owner = Login::Owner.name();
    Ok(run(superuser, &format!(r#"CREATE DATABASE "{name}" TEMPLATE template0 OWNER {owner}"#)).await?)
}

/// A database that anybody is connected to cannot be copied, so from now on nobody is.
async fn complete(superuser: &mut PgConnection, name: &str) -> Result<(), Error> {
    run(superuser, &format!(r#"ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false IS_TEMPLATE true"#))
        .await?;
    let end = sqlx::query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1");
    end.bind(name).execute(superuser).await?;
    Ok(())
}

//! Migrating, as the owner of the tables.

use sqlx::migrate::{Migrate as _, Migrator};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions as _, Connection as _, Row as _};

use super::migrations::Migrations;
use super::options::place;

/// The tables could not be brought to the form that this version of the service needs.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The database cannot be reached, or does not answer.
    #[error("the database {place} cannot be reached")]
    Connect {
        /// Where, and as whom.
        place: String,
        /// Why.
        #[source]
        source: sqlx::Error,
    },
    /// The tables are somebody else's.
    #[error(
        "the tables are owned by {owner}, so {login} cannot migrate them: give the owner's login in MIGRATE_DATABASE_URL"
    )]
    NotTheOwner {
        /// Who wanted to migrate.
        login: String,
        /// Whose they are.
        owner: String,
    },
    /// There is no place for tables.
    #[error(
        "{login} may not create tables in the schema {schema}. An administrator of the database can mend that:\n  \
         GRANT USAGE, CREATE ON SCHEMA {schema} TO {login};"
    )]
    NoTables {
        /// Who wanted to migrate.
        login: String,
        /// Where.
        schema: String,
    },
    /// The roles of the service are missing, and the owner may not create them.
    #[error(
        "{login} may not create roles, which the first migration does. An administrator of the server can do it instead:\n  {}",
        creating(missing)
    )]
    NoRoles {
        /// Who wanted to migrate.
        login: String,
        /// The roles that are missing.
        missing: Vec<String>,
    },
    /// A newer version of the service has migrated it.
    #[error(
        "the database is at migration {found}, and this version of the service knows {known}: use a newer version"
    )]
    Newer {
        /// The newest that was run.
        found: i64,
        /// The newest that this version has.
        known: i64,
    },
    /// A migration failed; those before it stand.
    #[error("the database cannot be migrated")]
    Migration(#[from] sqlx::migrate::MigrateError),
}

fn creating(missing: &[String]) -> String {
    missing.iter().map(|role| format!("CREATE ROLE {role} NOLOGIN;")).collect::<Vec<_>>().join("\n  ")
}

/// What migrating came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrated {
    /// How many migrations were run.
    pub applied: usize,
    /// The newest that has been run on the database.
    pub now: i64,
    /// What an administrator has to run before the service can log in; empty when a login is there.
    pub still_needed: Vec<String>,
}

/// Brings the tables to the form that this version of the service needs, as their owner `login`. Of several that do so at once, one
/// works and the others wait.
///
/// # Errors
/// See [`MigrateError`].
pub async fn migrate(login: &PgConnectOptions) -> Result<Migrated, MigrateError> {
    let failed = |source| MigrateError::Connect { place: place(login), source };
    let options = login.clone().application_name("acta migrate").disable_statement_logging();
    let mut connection = options.connect().await.map_err(failed)?;
    Standing::of(&mut connection).await.map_err(failed)?.check()?;
    let (applied, now) = run(&mut connection).await?;
    let still_needed = still_needed(&mut connection).await.map_err(failed)?;
    connection.close().await.map_err(failed)?;
    Ok(Migrated { applied, now, still_needed })
}

/// Runs what is missing under a lock of the database's, and counts it.
async fn run(connection: &mut PgConnection) -> Result<(usize, i64), MigrateError> {
    let mut migrator = Migrator::new(Migrations).await?;
    migrator.set_locking(false);
    connection.lock().await?;
    connection.ensure_migrations_table().await?;
    let before = connection.list_applied_migrations().await?;
    let found = before.iter().map(|migration| migration.version).max().unwrap_or_default();
    if found > Migrations::NEWEST {
        return Err(MigrateError::Newer { found, known: Migrations::NEWEST });
    }
    migrator.run_direct(connection).await?;
    let after = connection.list_applied_migrations().await?;
    connection.unlock().await?;
    Ok((after.len() - before.len(), Migrations::NEWEST))
}

/// What the one who migrates may do. Names are quoted where SQL needs it.
struct Standing {
    login: String,
    schema: String,
    owner: Option<String>,
    owns: bool,
    may_create_tables: bool,
    may_create_roles: bool,
    missing_roles: Vec<String>,
}

const STANDING: &str = "
    WITH ours AS (SELECT relowner FROM pg_class WHERE oid = to_regclass('_sqlx_migrations'))
    SELECT quote_ident(session_user) AS login, coalesce(quote_ident(current_schema()), 'public') AS schema,
        (SELECT quote_ident(pg_get_userbyid(relowner)) FROM ours) AS owner,
        coalesce((SELECT pg_has_role(session_user, relowner, 'USAGE') FROM ours), true) AS owns,
        coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS may_create_tables,
        (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = session_user) AS may_create_roles,
        ARRAY(
            SELECT wanted FROM unnest(ARRAY['acta_serve', 'acta_project']) AS wanted
            WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted)
        ) AS missing_roles";

impl Standing {
    async fn of(connection: &mut PgConnection) -> Result<Self, sqlx::Error> {
        let row = sqlx::query(STANDING).fetch_one(connection).await?;
        Ok(Self {
            login: row.try_get("login")?,
            schema: row.try_get("schema")?,
            owner: row.try_get("owner")?,
            owns: row.try_get("owns")?,
            may_create_tables: row.try_get("may_create_tables")?,
            may_create_roles: row.try_get("may_create_roles")?,
            missing_roles: row.try_get("missing_roles")?,
        })
    }

    fn check(self) -> Result<(), MigrateError> {
        let Self { login, schema, owner, .. } = self;
        match owner {
            Some(owner) if !self.owns => return Err(MigrateError::NotTheOwner { login, owner }),
            None if !self.may_create_tables => return Err(MigrateError::NoTables { login, schema }),
            _ => {}
        }
        if !self.missing_roles.is_empty() && !self.may_create_roles {
            return Err(MigrateError::NoRoles { login, missing: self.missing_roles });
        }
        Ok(())
    }
}

const LOGINS: &str = "
    SELECT quote_ident(current_schema()) AS schema,
        has_schema_privilege('acta_serve', current_schema(), 'USAGE')
            AND has_schema_privilege('acta_project', current_schema(), 'USAGE') AS is_open,
        EXISTS (
            SELECT FROM pg_roles WHERE rolcanlogin AND NOT rolsuper AND rolname <> session_user
                AND pg_has_role(oid, 'acta_serve', 'MEMBER')
        ) AS has_login";

async fn still_needed(connection: &mut PgConnection) -> Result<Vec<String>, sqlx::Error> {
    let row = sqlx::query(LOGINS).fetch_one(connection).await?;
    let (schema, is_open, has_login): (String, bool, bool) =
        (row.try_get("schema")?, row.try_get("is_open")?, row.try_get("has_login")?);
    let mut needed = Vec::new();
    if !is_open {
        needed.push(format!("GRANT USAGE ON SCHEMA {schema} TO acta_serve, acta_project;"));
    }
    if !has_login {
        needed.push("CREATE ROLE acta LOGIN PASSWORD 'choose one';".to_owned());
        needed.push("GRANT acta_serve, acta_project TO acta;".to_owned());
    }
    Ok(needed)
}

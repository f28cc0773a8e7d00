//! What the catalogues say about a login. Names are quoted where SQL needs it.

use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{Row as _, query};

use crate::database::Role;

/// What the catalogues say about a login that takes on a role of the service.
#[derive(Debug, Clone)]
pub(super) struct Facts {
    pub(super) login: String,
    pub(super) role: &'static str,
    pub(super) role_exists: bool,
    pub(super) may_take_role: bool,
    pub(super) server: Server,
    /// Roles with rights of their own that the login is, or can act as.
    pub(super) mighty: Vec<Mighty>,
    pub(super) tables: Vec<Table>,
    /// Rights to change what is only ever appended to.
    pub(super) changes: Vec<Change>,
}

/// The server, as the login sees it.
#[derive(Debug, Clone)]
pub(super) struct Server {
    /// 150018 for 15.18.
    pub(super) version: i32,
    pub(super) database: String,
    pub(super) encoding: String,
    pub(super) is_standby: bool,
    pub(super) is_read_only: bool,
    pub(super) synchronous_commit: String,
    /// Which of `fsync` and `full_page_writes` are off.
    pub(super) unsafe_settings: Vec<&'static str>,
}

/// A role with rights of its own.
#[derive(Debug, Clone)]
pub(super) struct Mighty {
    pub(super) name: String,
    pub(super) is_superuser: bool,
    pub(super) bypasses: bool,
    pub(super) creates_roles: bool,
}

/// A table of the service.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) owner: String,
    /// Whether the login, or the role that it takes on, is the owner or can act as it.
    pub(super) is_owned: bool,
    pub(super) is_enabled: bool,
    pub(super) is_forced: bool,
    pub(super) policies: i64,
}

/// A right that was granted to the login, or to a role that it can act as.
#[derive(Debug, Clone)]
pub(super) struct Change {
    pub(super) grantee: String,
    pub(super) table: String,
    pub(super) column: Option<String>,
    pub(super) privilege: String,
}

const LOGIN: &str = "
    SELECT quote_ident(session_user) AS login, to_regclass('events') IS NOT NULL AS is_migrated,
        EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS role_exists,
        current_setting('server_version_num')::integer AS version, quote_ident(current_database()) AS database,
        current_setting('server_encoding') AS encoding, pg_is_in_recovery() AS is_standby,
        current_setting('default_transaction_read_only')::boolean AS is_read_only,
        current_setting('synchronous_commit') AS synchronous_commit, current_setting('fsync')::boolean AS fsync,
        current_setting('full_page_writes')::boolean AS full_page_writes";

// From 16 on, a member may be kept from taking the role on.
const MAY_TAKE_ROLE: &str = "
    SELECT pg_has_role(session_user, $1::name,
        CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'SET' ELSE 'MEMBER' END)";

const MIGHTY: &str = "
    SELECT quote_ident(one.rolname) AS name, one.rolsuper, one.rolbypassrls, one.rolcreaterole
    FROM pg_roles AS one LEFT JOIN pg_roles AS taken ON taken.rolname = $1
    WHERE (pg_has_role(session_user, one.oid, 'MEMBER') OR coalesce(pg_has_role(taken.oid, one.oid, 'MEMBER'), false))
        AND (one.rolsuper OR one.rolbypassrls OR one.rolcreaterole OR one.rolname IN (
            'pg_write_all_data', 'pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program'
        ))
    ORDER BY one.rolname <> session_user, one.rolname";

// Of the schema's tables, those that belong to the service: other software may have tables beside them.
const TABLES: &str = "
    SELECT quote_ident(one.relname) AS name, quote_ident(pg_get_userbyid(one.relowner)) AS owner,
        pg_has_role(session_user, one.relowner, 'MEMBER')
            OR coalesce(pg_has_role(taken.oid, one.relowner, 'MEMBER'), false) AS is_owned,
        one.relrowsecurity, one.relforcerowsecurity,
        (SELECT count(*) FROM pg_policy WHERE polrelid = one.oid) AS policies
    FROM pg_class AS log JOIN pg_class AS one USING (relnamespace) LEFT JOIN pg_roles AS taken ON taken.rolname = $1
    WHERE log.oid = to_regclass('events') AND one.relkind IN ('r', 'p')
        AND (one.relowner = log.relowner OR has_table_privilege(taken.oid, one.oid, 'SELECT, INSERT, UPDATE, DELETE'))
        AND NOT EXISTS (
            SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = one.oid AND deptype = 'e'
        )
    ORDER BY one.relname";

const CHANGES: &str = "
    WITH granted AS (
        SELECT oid, relname, relowner, NULL::name AS attname, acl.*
        FROM pg_class, aclexplode(relacl) AS acl
        WHERE acl.privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER')
        UNION ALL
        SELECT pg_class.oid, relname, relowner, attname, acl.*
        FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid, aclexplode(attacl) AS acl
        WHERE acl.privilege_type = 'UPDATE'
    )
    SELECT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END AS grantee,
        quote_ident(relname) AS name, quote_ident(attname) AS column_name, privilege_type
    FROM granted LEFT JOIN pg_roles AS taken ON taken.rolname = $1
    WHERE granted.oid IN (to_regclass('events'), to_regclass('session_heads')) AND grantee <> relowner AND (
        grantee = 0 OR pg_has_role(session_user, grantee, 'MEMBER')
        OR coalesce(pg_has_role(taken.oid, grantee, 'MEMBER'), false)
    )
    ORDER BY relname, grantee, privilege_type, attname";

impl Facts {
    /// What the catalogues say; [`None`] when the tables are not there.
    pub(super) async fn gather(
        connection: &mut PgConnection,
        role: Role,
    ) -> Result<Option<Self>, sqlx::Error> {
        let role = role.as_str();
        let login = query(LOGIN).bind(role).fetch_one(&mut *connection).await?;
        if !login.try_get::<bool, _>("is_migrated")? {
            return Ok(None);
        }
        let role_exists: bool = login.try_get("role_exists")?;
        let may_take_role =
            role_exists && sqlx::query_scalar(MAY_TAKE_ROLE).bind(role).fetch_one(&mut *connection).await?;
        let mighty = query(MIGHTY).bind(role).fetch_all(&mut *connection).await?;
        let tables = query(TABLES).bind(role).fetch_all(&mut *connection).await?;
        let changes = query(CHANGES).bind(role).fetch_all(&mut *connection).await?;
        Ok(Some(Self {
            login: login.try_get("login")?,
            role,
            role_exists,
            may_take_role,
            server: Server::read(&login)?,
            mighty: mighty.iter().map(Mighty::read).collect::<Result<_, _>>()?,
            tables: tables.iter().map(Table::read).collect::<Result<_, _>>()?,
            changes: changes.iter().map(Change::read).collect::<Result<_, _>>()?,
        }))
    }
}

impl Server {
    fn read(row: &PgRow) -> Result<Self, sqlx::Error> {
        let mut unsafe_settings = Vec::new();
        for setting in ["fsync", "full_page_writes"] {
            if !row.try_get::<bool, _>(setting)? {
                unsafe_settings.push(setting);
            }
        }
        Ok(Self {
            version: row.try_get("version")?,
            database: row.try_get("database")?,
            encoding: row.try_get("encoding")?,
            is_standby: row.try_get("is_standby")?,
            is_read_only: row.try_get("is_read_only")?,
            synchronous_commit: row.try_get("synchronous_commit")?,
            unsafe_settings,
        })
    }
}

impl Mighty {
    fn read(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            name: row.try_get("name")?,
            is_superuser: row.try_get("rolsuper")?,
            bypasses: row.try_get("rolbypassrls")?,
            creates_roles: row.try_get("rolcreaterole")?,
        })
    }
}

impl Table {
    fn read(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            name: row.try_get("name")?,
            owner: row.try_get("owner")?,
            is_owned: row.try_get("is_owned")?,
            is_enabled: row.try_get("relrowsecurity")?,
            is_forced: row.try_get("relforcerowsecurity")?,
            policies: row.try_get("policies")?,
        })
    }
}

impl Change {
    fn read(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            grantee: row.try_get("grantee")?,
            table: row.try_get("name")?,
            column: row.try_get("column_name")?,
            privilege: row.try_get("privilege_type")?,
        })
    }
}

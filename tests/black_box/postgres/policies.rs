//! The same tenants in SQL: the login of the service sees nothing but the rows of the tenant that it names.

use acta_throwaway::Login;
use sqlx::{Connection as _, Executor as _, PgConnection, Row as _};
use uuid::Uuid;

use super::tenants::Tenant;
use super::{administered, superuser};
use crate::folder::Folder;
use crate::service::Service;

/// A table of the schema, as the catalogue tells it.
#[derive(Debug)]
struct Table {
    name: String,
    has_tenant: bool,
    is_enabled: bool,
    is_forced: bool,
    policies: i64,
}

const TABLES: &str = "
    SELECT relname::text AS name, relrowsecurity AS is_enabled, relforcerowsecurity AS is_forced,
        EXISTS (SELECT FROM pg_attribute WHERE attrelid = one.oid AND attname = 'tenant_id') AS has_tenant,
        (SELECT count(*) FROM pg_policy WHERE polrelid = one.oid) AS policies
    FROM pg_class AS one WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') ORDER BY relname";

async fn tables(folder: &Folder) -> Vec<Table> {
    let rows = sqlx::query(TABLES).fetch_all(&mut superuser(folder).await).await.unwrap();
    let table = |row: &sqlx::postgres::PgRow| Table {
        name: row.get("name"),
        has_tenant: row.get("has_tenant"),
        is_enabled: row.get("is_enabled"),
        is_forced: row.get("is_forced"),
        policies: row.get("policies"),
    };
    rows.iter().map(table).collect()
}

/// The login of the service, with the rights of those who serve.
async fn serving(folder: &Folder) -> PgConnection {
    let mut serving = PgConnection::connect(&folder.database().url_of(Login::Service)).await.unwrap();
    serving.execute("SET ROLE acta_serve").await.unwrap();
    serving
}

/// The number of rows of `table` whose tenant is, or is not, `tenant`.
async fn count(connection: &mut PgConnection, table: &str, is_or_is_not: &str, tenant: Uuid) -> i64 {
    let sql = format!("SELECT count(*) FROM {table} WHERE tenant_id {is_or_is_not} $1");
    sqlx::query_scalar(&sql).bind(tenant).fetch_one(connection).await.unwrap()
}

async fn name_tenant(connection: &mut PgConnection, setting: &str) {
    let name = sqlx::query("SELECT set_config('app.tenant_id', $1, false)").bind(setting);
    name.execute(connection).await.unwrap();
}

/// What somebody could write into the setting to see more than one tenant's rows.
fn forgeries(one: Uuid, other: Uuid) -> Vec<String> {
    let mut forged = vec![String::new(), " ".to_owned(), "NULL".to_owned(), "%".to_owned(), "*".to_owned()];
    forged.push("' OR true --".to_owned());
    forged.push(format!("{one}' OR tenant_id::text <> '"));
    forged.push(format!("{other}'; SET ROLE acta_project; --"));
    forged.push(format!("{one},{other}"));
    forged.push(format!("{{{one},{other}}}"));
    forged.push(format!("{other}\n"));
    forged.push(format!("{{{other}}}"));
    forged.push(format!("(SELECT tenant_id FROM events LIMIT 1)::text || '{other}'"));
    forged
}

/// What an instance tells of somebody in `tenant`.
fn somebody_is_connected(tenant: Uuid) -> String {
    format!(
        "INSERT INTO presence_told (tenant_id, session_id, actor, instance, connections, since)
        VALUES ('{tenant}', gen_random_uuid(), 'service:captions', gen_random_uuid(), 1, now())"
    )
}

/// Fails if the service's login sees a row in the database of `folder` without naming its tenant alone.
pub(super) async fn nothing_foreign_is_seen(folder: &Folder, one: Uuid, other: Uuid) {
    let tables = tables(folder).await;
    let with_tenant: Vec<&Table> = tables.iter().filter(|table| table.has_tenant).collect();
    assert!(with_tenant.len() >= 5, "{with_tenant:?}");
    // A service that has stopped has taken back what it told of its connections.
    for tenant in [one, other] {
        administered(folder, &somebody_is_connected(tenant)).await;
    }
    let (mut serving, mut superuser) = (serving(folder).await, superuser(folder).await);
    for Table { name, .. } in &with_tenant {
        for tenant in [one, other] {
            assert_eq!(count(&mut serving, name, "=", tenant).await, 0, "{name}, no tenant named");
        }
    }
    for forged in forgeries(one, other) {
        name_tenant(&mut serving, &forged).await;
        for Table { name, .. } in &with_tenant {
            let seen: i64 = count(&mut serving, name, "IS DISTINCT FROM", Uuid::nil()).await;
            assert_eq!(seen, 0, "{name} with {forged:?} named");
        }
    }
    for (named, foreign) in [(one, other), (other, one)] {
        name_tenant(&mut serving, &named.to_string()).await;
        for Table { name, .. } in &with_tenant {
            assert_eq!(count(&mut serving, name, "<>", named).await, 0, "{name} with {named} named");
            let there = count(&mut superuser, name, "=", named).await;
            assert_eq!(count(&mut serving, name, "=", named).await, there, "{name} with {named} named");
            let of_both = there * count(&mut superuser, name, "=", foreign).await;
            assert!(of_both > 0 || name == "snapshots", "{name} has no rows to be told apart");
        }
    }
}

#[tokio::test]
async fn the_login_of_the_service_sees_the_rows_of_the_tenant_that_it_names_and_no_others() {
    let folder = Folder::postgres().await;
    let service = Service::start(&folder).await;
    let one = Tenant::with(&service, "Vermilion", 6, 3).await;
    let other = Tenant::with(&service, "Ultramarine", 6, 3).await;
    one.has_a_user().await;
    other.has_a_user().await;
    service.stop().await;
    nothing_foreign_is_seen(&folder, one.id, other.id).await;
}

#[tokio::test]
#[should_panic(expected = "view_rows, no tenant named")]
async fn a_policy_that_shows_too_much_is_noticed_by_these_tests() {
    let folder = Folder::postgres().await;
    let service = Service::start(&folder).await;
    let one = Tenant::with(&service, "Vermilion", 1, 1).await;
    let other = Tenant::with(&service, "Ultramarine", 1, 1).await;
    service.stop().await;
    administered(&folder, "CREATE POLICY too_much ON view_rows FOR SELECT TO acta_serve USING (true)").await;
    nothing_foreign_is_seen(&folder, one.id, other.id).await;
}

#[tokio::test]
async fn every_table_has_row_level_security_that_is_forced_and_a_policy() {
    let folder = Folder::postgres().await;
    let tables = tables(&folder).await;
    assert!(tables.len() >= 11, "{tables:?}");
    for table in tables {
        assert!(table.is_enabled && table.is_forced && table.policies > 0, "{table:?}");
    }
}

#[tokio::test]
async fn the_login_of_the_service_can_change_nothing_that_is_only_appended_to() {
    let folder = Folder::postgres().await;
    let mut plain = PgConnection::connect(&folder.database().url_of(Login::Service)).await.unwrap();
    refused(&mut plain, "SELECT count(*) FROM events").await;
    let mut serving = serving(&folder).await;
    for table in ["events", "session_heads"] {
        refused(&mut serving, &format!("UPDATE {table} SET session_id = session_id")).await;
        refused(&mut serving, &format!("DELETE FROM {table}")).await;
        refused(&mut serving, &format!("TRUNCATE {table}")).await;
        refused(&mut serving, &format!("ALTER TABLE {table} DISABLE TRIGGER ALL")).await;
        refused(&mut serving, &format!("ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")).await;
    }
    refused(&mut serving, "SET session_replication_role = replica").await;
}

/// `insufficient_privilege`, of appendix A of the manual.
const NO_RIGHT: &str = "42501";

#[track_caller]
fn is_refusal(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(sqlx::error::DatabaseError::code).is_some_and(|code| code == NO_RIGHT)
}

async fn refused(connection: &mut PgConnection, sql: &str) {
    let error = connection.execute(sql).await.expect_err(sql);
    assert!(is_refusal(&error), "{sql}: {error}");
}

//! Databases: everybody gets a migrated one, and one only pays for the migration.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::sync::atomic::{AtomicUsize, Ordering};

use acta_throwaway::{Cluster, Database, Error, Login, Options, template_name};
use sqlx::{Connection as _, Executor as _, PgConnection};

const MIGRATION: &str = "CREATE TABLE notes (text text); GRANT SELECT ON notes TO acta_serve";

async fn migrate(owner: String) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect(&owner).await?;
    connection.execute(sqlx::raw_sql(MIGRATION)).await?;
    // Left open, as a pool might be.
    std::mem::forget(connection);
    Ok(())
}

async fn fresh() -> Database {
    let server = Cluster::shared().await.unwrap();
    Database::create(server, &template_name("notes", [MIGRATION]), migrate).await.unwrap()
}

async fn connect(url: &str) -> PgConnection {
    PgConnection::connect(url).await.unwrap()
}

async fn notes(url: &str) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM notes").fetch_one(&mut connect(url).await).await.unwrap()
}

#[tokio::test]
async fn two_databases_of_one_template_do_not_see_each_other() {
    let (one, other) = tokio::join!(fresh(), fresh());
    let mut owner = connect(&one.url_of(Login::Owner)).await;
    owner.execute("INSERT INTO notes VALUES ('mine')").await.unwrap();
    assert_eq!(notes(&one.superuser_url()).await, 1);
    assert_eq!(notes(&other.superuser_url()).await, 0);
    one.remove().await.unwrap();
    other.remove().await.unwrap();
}

#[tokio::test]
async fn a_template_is_migrated_once_however_many_ask_at_once() {
    let cluster = Cluster::start(Options::fast()).await.unwrap();
    let count = AtomicUsize::new(0);
    let counted = |owner| {
        count.fetch_add(1, Ordering::SeqCst);
        migrate(owner)
    };
    let create = || Database::create(cluster.server(), "counted", counted);
    let (a, b, c, d) = tokio::join!(create(), create(), create(), create());
    for database in [a, b, c, d] {
        assert_eq!(notes(&database.unwrap().superuser_url()).await, 0);
    }
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_migration_that_fails_is_tried_again_by_the_next() {
    let cluster = Cluster::start(Options::fast()).await.unwrap();
    let failing = async |owner: String| {
        migrate(owner).await?;
        Err(sqlx::Error::PoolClosed)
    };
    let failed = Database::create(cluster.server(), "notes", failing).await;
    assert!(matches!(failed, Err(Error::Migration { .. })), "{failed:?}");
    let database = Database::create(cluster.server(), "notes", migrate).await.unwrap();
    assert_eq!(notes(&database.superuser_url()).await, 0);
}

#[tokio::test]
async fn the_owner_owns_the_tables_and_is_no_superuser() {
    let database = fresh().await;
    let mut owner = connect(&database.url_of(Login::Owner)).await;
    owner.execute("ALTER TABLE notes ADD COLUMN more text").await.unwrap();
    let (superuser, login): (bool, String) =
        sqlx::query_as("SELECT rolsuper, rolname::text FROM pg_roles WHERE rolname = current_user")
            .fetch_one(&mut owner)
            .await
            .unwrap();
    assert_eq!((superuser, login.as_str()), (false, "acta_owner"));
    database.remove().await.unwrap();
}

#[tokio::test]
async fn the_service_has_a_roles_rights_only_when_it_takes_them_on() {
    let database = fresh().await;
    let mut service = connect(&database.url_of(Login::Service)).await;
    assert!(service.execute("SELECT * FROM notes").await.is_err());
    service.execute("SET ROLE acta_serve").await.unwrap();
    service.execute("SELECT * FROM notes").await.unwrap();
    service.execute("SET ROLE acta_project").await.unwrap();
    assert!(service.execute("SELECT * FROM notes").await.is_err());
    database.remove().await.unwrap();
}

#[tokio::test]
async fn a_removed_database_is_gone_though_somebody_is_connected() {
    let database = fresh().await;
    let url = database.url_of(Login::Owner);
    let _connected = connect(&url).await;
    database.remove().await.unwrap();
    assert!(PgConnection::connect(&url).await.is_err());
}

#[test]
fn other_texts_make_another_template() {
    assert_eq!(template_name("a", ["x", "y"]), template_name("a", ["x", "y"]));
    assert_ne!(template_name("a", ["x", "y"]), template_name("a", ["xy"]));
}

//! What the catalogues of a real server say about logins, and what migrating says and does.

mod store;

use acta_postgres::{DatabaseOptions, MigrateError, Reason, Rights, RightsError, migrate};
use acta_throwaway::Login;
use sqlx::{Connection as _, Executor as _, PgConnection};

use store::{Store, login};

/// Runs `sql` as the superuser.
async fn administered(store: &Store, sql: &str) {
    let mut superuser =
        PgConnection::connect(&store.place.superuser_url()).await.expect("the server does as it is asked");
    superuser.execute(sqlx::raw_sql(sql)).await.expect("the server does as it is asked");
    superuser.close().await.expect("the server does as it is asked");
}

/// The reasons why the service must not start.
async fn reasons(options: &DatabaseOptions) -> Vec<Reason> {
    match Rights::check(options).await {
        Ok(_) => Vec::new(),
        Err(RightsError::Refused(reasons)) => reasons,
        Err(other) => panic!("{other:?}"),
    }
}

/// Runs `sql`, expects the one reason `what` with the remedy `remedy`, runs the remedy, and expects none.
async fn is_refused_and_mended(sql: &str, what: &str, remedy: &str) {
    let store = Store::fresh().await;
    administered(&store, sql).await;
    let found = reasons(&store.options()).await;
    let [reason] = &found[..] else { panic!("not one reason: {found:#?}") };
    assert_eq!((reason.what.as_str(), reason.remedy.as_str()), (what, remedy));
    administered(&store, remedy).await;
    assert_eq!(reasons(&store.options()).await, []);
    store.place.remove().await.expect("the server does as it is asked");
}

#[tokio::test]
async fn a_login_that_is_only_a_member_of_the_roles_is_accepted() {
    let store = Store::fresh().await;
    assert_eq!(reasons(&store.options()).await, []);
    store.open().await.close().await;
    store.place.remove().await.unwrap();
}

#[tokio::test]
async fn a_superuser_and_the_owner_are_refused() {
    let store = Store::fresh().await;
    let found = reasons(&DatabaseOptions::of_login(login(&store.place.superuser_url()))).await;
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].what.contains("is a superuser"), "{found:#?}");
    let found = reasons(&DatabaseOptions::of_login(login(&store.place.url_of(Login::Owner)))).await;
    let whole = |part: &str| found.iter().filter(|reason| reason.what.contains(part)).count();
    assert_eq!(
        whole("the login acta_owner owns tables (_sqlx_migrations, credentials, events,"),
        1,
        "{found:#?}"
    );
    assert_eq!(whole("cannot take on the role"), 2, "{found:#?}");
    store.place.remove().await.unwrap();
}

#[tokio::test]
async fn of_two_logins_both_are_checked() {
    let store = Store::fresh().await;
    let superuser = login(&store.place.superuser_url());
    assert_eq!(reasons(&DatabaseOptions { project: superuser, ..store.options() }).await.len(), 1);
    store.place.remove().await.unwrap();
}

#[tokio::test]
async fn a_right_to_change_what_is_appended_to_is_refused_whoever_has_it() {
    is_refused_and_mended(
        "GRANT DELETE ON events TO acta_service",
        "the login acta_service may DELETE events, which is only ever appended to",
        "REVOKE DELETE ON events FROM acta_service;",
    )
    .await;
    is_refused_and_mended(
        "GRANT TRUNCATE ON session_heads TO acta_project",
        "the login acta_service may TRUNCATE session_heads, which is only ever appended to, as acta_project",
        "REVOKE TRUNCATE ON session_heads FROM acta_project;",
    )
    .await;
    is_refused_and_mended(
        "GRANT UPDATE (payload) ON events TO PUBLIC",
        "the login acta_service may UPDATE (payload) events, which is only ever appended to, as PUBLIC",
        "REVOKE UPDATE (payload) ON events FROM PUBLIC;",
    )
    .await;
}

#[tokio::test]
async fn a_table_without_forced_row_level_security_is_refused() {
    is_refused_and_mended(
        "ALTER TABLE leases NO FORCE ROW LEVEL SECURITY",
        "row level security of the table leases is not forced",
        "ALTER TABLE leases FORCE ROW LEVEL SECURITY;",
    )
    .await;
    is_refused_and_mended(
        "ALTER TABLE person_keys DISABLE ROW LEVEL SECURITY",
        "row level security of the table person_keys is not enabled",
        "ALTER TABLE person_keys ENABLE ROW LEVEL SECURITY;",
    )
    .await;
}

#[tokio::test]
async fn a_table_of_other_software_in_the_same_schema_is_none_of_ours() {
    let store = Store::fresh().await;
    administered(&store, "CREATE TABLE somebody_elses (id integer)").await;
    assert_eq!(reasons(&store.options()).await, []);
    store.place.remove().await.unwrap();
}

#[tokio::test]
async fn commits_that_do_not_wait_for_the_disk_are_refused() {
    let store = Store::fresh().await;
    let name = store.place.name();
    administered(&store, &format!("ALTER DATABASE {name} SET synchronous_commit = off")).await;
    let found = reasons(&store.options()).await;
    assert_eq!(found.len(), 1, "{found:#?}");
    let remedy = format!("ALTER ROLE acta_service IN DATABASE {name} SET synchronous_commit = on;");
    assert_eq!(found[0].remedy, remedy);
    administered(&store, &remedy).await;
    assert_eq!(reasons(&store.options()).await, []);
    store.place.remove().await.unwrap();
}

#[tokio::test]
async fn a_database_without_tables_is_to_be_migrated() {
    let store = Store::fresh().await;
    administered(&store, "ALTER TABLE events RENAME TO gone").await;
    let refused = Rights::check(&store.options()).await.unwrap_err();
    assert!(matches!(refused, RightsError::NotMigrated { .. }), "{refused:?}");
    store.place.remove().await.unwrap();
}

#[tokio::test]
async fn migrating_what_is_migrated_does_nothing_and_needs_nothing() {
    let store = Store::fresh().await;
    let owner = login(&store.place.url_of(Login::Owner));
    let (one, other) = tokio::join!(migrate(&owner), migrate(&owner));
    for migrated in [one.unwrap(), other.unwrap()] {
        assert_eq!((migrated.applied, migrated.still_needed), (0, Vec::new()));
    }
    store.place.remove().await.unwrap();
}

#[tokio::test]
async fn only_the_owner_migrates() {
    let store = Store::fresh().await;
    let refused = migrate(&login(&store.place.url_of(Login::Service))).await.unwrap_err();
    let MigrateError::NotTheOwner { login, owner } = refused else { panic!("{refused:?}") };
    assert_eq!((login.as_str(), owner.as_str()), ("acta_service", "acta_owner"));
    store.place.remove().await.unwrap();
}

#[tokio::test]
async fn a_database_that_a_newer_version_migrated_is_left_alone() {
    let store = Store::fresh().await;
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
        VALUES (9000, 'of the future', true, '', 0)";
    administered(&store, newer).await;
    let refused = migrate(&login(&store.place.url_of(Login::Owner))).await.unwrap_err();
    assert!(matches!(refused, MigrateError::Newer { found: 9000, .. }), "{refused:?}");
    store.place.remove().await.unwrap();
}

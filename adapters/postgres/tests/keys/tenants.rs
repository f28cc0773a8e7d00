//! Whose keys are seen, and by whom.

use acta_application::log::contract::moment;
use acta_application::persons::contract::{person, session, tenant};
use acta_application::persons::{KeyState, PersonKeys};
use acta_throwaway::Login;
use sqlx::postgres::PgConnection;
use sqlx::{ConnectOptions, Executor};
use tokio::task::JoinSet;

use crate::given::{instance, superuser};
use crate::store::{Store, login};

const COUNT: &str = "SELECT count(*) FROM person_keys";

async fn in_the_role(store: &Store, role: &str) -> PgConnection {
    let mut connection = login(&store.place.url_of(Login::Service)).connect().await.unwrap();
    connection.execute(format!("SET ROLE {role}").as_str()).await.unwrap();
    connection
}

/// A key of person 1 of each of two tenants, and an erased one of the first.
async fn with_keys_of_two_tenants() -> Store {
    let store = Store::fresh().await;
    let keys = instance(&store).await;
    for (of, who) in [(1, 1), (2, 1), (1, 2)] {
        keys.obtain(tenant(of), session(of), person(who)).await.unwrap();
    }
    keys.erase(tenant(1), session(1), person(2), moment(5)).await.unwrap();
    keys.close().await;
    store
}

async fn count(connection: &mut PgConnection) -> i64 {
    sqlx::query_scalar(COUNT).fetch_one(connection).await.unwrap()
}

#[tokio::test]
async fn a_statement_that_lost_its_tenant_sees_no_key() {
    let store = with_keys_of_two_tenants().await;
    let mut serving = in_the_role(&store, "acta_serve").await;
    assert_eq!(count(&mut serving).await, 0);
    let tenant = format!("SET app.tenant_id = '{}'", tenant(2).as_uuid());
    serving.execute(tenant.as_str()).await.unwrap();
    assert_eq!(count(&mut serving).await, 1);
    let erased = serving.execute("UPDATE person_keys SET wrapped = NULL, erased_at = now()").await.unwrap();
    assert_eq!(erased.rows_affected(), 1, "nobody erases what is another tenant's");
}

#[tokio::test]
async fn whoever_projects_can_count_the_erased_keys_and_read_none() {
    let store = with_keys_of_two_tenants().await;
    let mut projecting = in_the_role(&store, "acta_project").await;
    let erased: i64 = sqlx::query_scalar("SELECT count(erased_at) FROM person_keys")
        .fetch_one(&mut projecting)
        .await
        .unwrap();
    assert_eq!(erased, 1);
    assert!(projecting.execute("SELECT wrapped FROM person_keys").await.is_err());
    assert!(projecting.execute("UPDATE person_keys SET scrubbed = true").await.is_err());
}

#[tokio::test]
async fn the_owner_sees_the_erased_keys_only() {
    let store = with_keys_of_two_tenants().await;
    let mut owner = login(&store.place.url_of(Login::Owner)).connect().await.unwrap();
    assert_eq!(count(&mut owner).await, 1);
}

#[tokio::test]
async fn the_service_cannot_call_an_erased_key_scrubbed_nor_remove_one() {
    let store = with_keys_of_two_tenants().await;
    let mut serving = in_the_role(&store, "acta_serve").await;
    assert!(serving.execute("UPDATE person_keys SET scrubbed = true").await.is_err());
    assert!(serving.execute("DELETE FROM person_keys").await.is_err());
    assert!(serving.execute("TRUNCATE person_keys").await.is_err());
}

#[tokio::test]
async fn no_statement_brings_an_erased_key_back() {
    let store = with_keys_of_two_tenants().await;
    let back = "UPDATE person_keys SET wrapped = 'key', erased_at = NULL WHERE wrapped IS NULL";
    assert!(superuser(&store).await.execute(back).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn many_tenants_are_served_at_once() {
    let store = Store::fresh().await;
    let keys = instance(&store).await;
    let mut asking = JoinSet::new();
    for number in 0..60 {
        let keys = keys.clone();
        asking.spawn(async move {
            keys.obtain(tenant(number % 12), session(number % 12), person(number)).await.unwrap();
        });
    }
    asking.join_all().await;
    for of in 0..12 {
        let listed = keys.of_session(tenant(of), session(of)).await.unwrap();
        assert_eq!(listed.len(), 5);
        assert!(listed.iter().all(|(_, state)| matches!(state, KeyState::Present(_))));
    }
}

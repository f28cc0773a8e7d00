//! Whose credentials are seen, and by whom.

use acta_application::issuer::Credentials as _;
use acta_application::issuer::contract::{credential_id, password, tenant};
use acta_postgres::PostgresCredentials;
use acta_throwaway::Login;
use sqlx::postgres::PgConnection;
use sqlx::{ConnectOptions, Executor};

use crate::store::{Store, login};

async fn in_the_role(store: &Store, role: &str) -> PgConnection {
    let mut connection = login(&store.place.url_of(Login::Service)).connect().await.unwrap();
    connection.execute(format!("SET ROLE {role}").as_str()).await.unwrap();
    connection
}

async fn with_credentials_of_two_tenants() -> Store {
    let store = Store::fresh().await;
    let credentials = PostgresCredentials::new(&store.open().await);
    for of in [1, 2] {
        credentials.put(tenant(of), credential_id(1), &password("hash")).await.unwrap();
    }
    store
}

async fn count(connection: &mut PgConnection) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM credentials").fetch_one(connection).await.unwrap()
}

#[tokio::test]
async fn a_statement_that_lost_its_tenant_sees_no_credential() {
    let store = with_credentials_of_two_tenants().await;
    let mut serving = in_the_role(&store, "acta_serve").await;
    assert_eq!(count(&mut serving).await, 0);
    let tenant = format!("SET app.tenant_id = '{}'", tenant(2).as_uuid());
    serving.execute(tenant.as_str()).await.unwrap();
    assert_eq!(count(&mut serving).await, 1);
    let removed = serving.execute("DELETE FROM credentials").await.unwrap();
    assert_eq!(removed.rows_affected(), 1, "nobody removes what is another tenant's");
}

#[tokio::test]
async fn whoever_projects_sees_no_credential_at_all() {
    let store = with_credentials_of_two_tenants().await;
    let mut projecting = in_the_role(&store, "acta_project").await;
    assert!(projecting.execute("SELECT kind FROM credentials").await.is_err());
}

#[tokio::test]
async fn a_credential_never_changes_its_tenant() {
    let store = with_credentials_of_two_tenants().await;
    let mut serving = in_the_role(&store, "acta_serve").await;
    let tenant = format!("SET app.tenant_id = '{}'", tenant(1).as_uuid());
    serving.execute(tenant.as_str()).await.unwrap();
    let moved =
        format!("UPDATE credentials SET tenant_id = '{}'", acta_application::issuer::contract::tenant(3));
    assert!(serving.execute(moved.as_str()).await.is_err());
}

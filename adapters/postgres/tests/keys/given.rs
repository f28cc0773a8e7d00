//! Instances on one database, and its superuser.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use acta_application::log::contract::TestRandomness;
use acta_application::persons::contract::{TestWrap, session, tenant};
use acta_application::persons::{KeyState, PersonKeys, Subject};
use acta_postgres::{Database, PostgresKeys};
use sqlx::postgres::PgConnection;
use sqlx::{ConnectOptions, Executor};
use tokio::time::Instant;

use crate::store::{Store, login};

/// All instances draw from the same source, so that no two make the same bytes.
static RANDOMNESS: LazyLock<Arc<TestRandomness>> = LazyLock::new(Arc::default);

/// Another instance of the service, on connections of its own.
pub(crate) async fn instance(store: &Store) -> Arc<PostgresKeys> {
    instance_on(&store.open().await).await
}

pub(crate) async fn instance_on(database: &Database) -> Arc<PostgresKeys> {
    let keys = PostgresKeys::open(database, Arc::new(TestWrap(1)), RANDOMNESS.clone()).await;
    Arc::new(keys.expect("the keys open"))
}

/// The key of `subject` in session 1 of tenant 1, made if there was none.
pub(crate) async fn key_of(keys: &PostgresKeys, subject: Subject) -> [u8; 32] {
    match keys.obtain(tenant(1), session(1), subject).await.expect("the keys can be written") {
        KeyState::Present(key) => *key.expose(),
        KeyState::Absent | KeyState::Erased { .. } => panic!("{subject} has no key"),
    }
}

/// Waits until `keys` has no key of `subject` for those who ask, and gives how long that took.
pub(crate) async fn until_gone(keys: &PostgresKeys, subject: Subject) -> Duration {
    let asked = Instant::now();
    while let Ok(KeyState::Present(_)) = keys.find(tenant(1), session(1), subject).await {
        assert!(asked.elapsed() < Duration::from_secs(30), "the key is used for ever");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    asked.elapsed()
}

/// Waits until `keys` knows that the key of `subject` was erased.
pub(crate) async fn until_erased(keys: &PostgresKeys, subject: Subject) -> Duration {
    let asked = Instant::now();
    while !matches!(keys.find(tenant(1), session(1), subject).await, Ok(KeyState::Erased { .. })) {
        assert!(asked.elapsed() < Duration::from_secs(30), "the erasure is never found");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    asked.elapsed()
}

pub(crate) async fn superuser(store: &Store) -> PgConnection {
    login(&store.place.superuser_url()).connect().await.expect("the server takes connections")
}

/// Ends every connection that the service has to the database.
pub(crate) async fn end_connections_of_the_service(superuser: &mut PgConnection) {
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    superuser.execute(end).await.expect("a superuser may");
}

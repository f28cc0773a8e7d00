//! [`ServiceSecrets`] keeps instances with different secrets apart.

mod store;

use acta_postgres::{SecretsError, ServiceSecrets};
use store::Store;
use tokio::task::JoinSet;

#[tokio::test]
async fn every_later_start_is_compared_with_the_first() {
    let store = Store::fresh().await;
    ServiceSecrets::check(&store.open().await, "master key", [1; 32]).await.unwrap();
    let later = store.open().await;
    ServiceSecrets::check(&later, "master key", [1; 32]).await.unwrap();
    let refused = ServiceSecrets::check(&later, "master key", [2; 32]).await.unwrap_err();
    assert!(matches!(&refused, SecretsError::Differs { name } if name == "master key"));
    let said = "the master key of this instance is not the one that this database was written with";
    assert_eq!(refused.to_string(), said);
    ServiceSecrets::check(&later, "master key", [1; 32]).await.unwrap();
}

#[tokio::test]
async fn secrets_of_different_names_are_independent() {
    let database = Store::fresh().await.open().await;
    ServiceSecrets::check(&database, "master key", [1; 32]).await.unwrap();
    ServiceSecrets::check(&database, "signing key", [2; 32]).await.unwrap();
    ServiceSecrets::check(&database, "master key", [1; 32]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_instances_that_start_at_once_with_different_secrets_one_is_let_in() {
    let store = Store::fresh().await;
    let mut starting = JoinSet::new();
    for number in 0..8 {
        let database = store.open().await;
        starting.spawn(async move { ServiceSecrets::check(&database, "master key", [number; 32]).await });
    }
    let outcomes = starting.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    let differ = |outcome: &&_| matches!(outcome, Err(SecretsError::Differs { .. }));
    assert_eq!(outcomes.iter().filter(differ).count(), 7);
}

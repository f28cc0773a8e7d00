//! The contract.

use std::sync::Arc;

use acta_application::log::contract::TestRandomness;
use acta_application::persons::KeyWrap;
use acta_application::persons::contract::KeysHarness;
use acta_postgres::PostgresKeys;
use async_trait::async_trait;

use crate::store::Store;

struct OneInstance {
    store: Store,
    randomness: Arc<TestRandomness>,
}

#[async_trait]
impl KeysHarness for OneInstance {
    type Keys = PostgresKeys;

    async fn new() -> Self {
        Self { store: Store::fresh().await, randomness: Arc::default() }
    }

    async fn open(&self, wrap: Arc<dyn KeyWrap>) -> Arc<PostgresKeys> {
        let database = self.store.open().await;
        Arc::new(PostgresKeys::open(&database, wrap, self.randomness.clone()).await.expect("the keys open"))
    }

    async fn close(&self, keys: Arc<PostgresKeys>) {
        keys.close().await;
    }
}

acta_application::keys_contract!(OneInstance);

//! [`PostgresLeases`] passes the contract of a shared store of leases.

mod store;

use std::sync::Arc;

use acta_application::leases::contract::LeasesHarness;
use acta_postgres::PostgresLeases;
use async_trait::async_trait;
use store::Store;

#[async_trait]
impl LeasesHarness for Store {
    type Leases = PostgresLeases;

    async fn new() -> Self {
        Self::fresh().await
    }

    async fn open(&self) -> Arc<PostgresLeases> {
        Arc::new(PostgresLeases::new(&Store::open(self).await))
    }
}

acta_application::leases_contract!(Store);

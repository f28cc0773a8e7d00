//! The contract.

use std::sync::Arc;

use acta_application::issuer::contract::CredentialsHarness;
use acta_postgres::PostgresCredentials;
use async_trait::async_trait;

use crate::store::Store;

struct OneInstance(Store);

#[async_trait]
impl CredentialsHarness for OneInstance {
    type Credentials = PostgresCredentials;

    async fn new() -> Self {
        Self(Store::fresh().await)
    }

    async fn open(&self) -> Arc<PostgresCredentials> {
        Arc::new(PostgresCredentials::new(&self.0.open().await))
    }

    async fn close(&self, _: Arc<PostgresCredentials>) {}
}

acta_application::credentials_contract!(OneInstance);

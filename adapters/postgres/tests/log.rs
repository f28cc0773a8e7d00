//! [`PostgresLog`] passes the log's contract.

mod store;

use std::sync::Arc;

use acta_application::clock::{Clock, Randomness};
use acta_application::log::contract::LogHarness;
use acta_postgres::PostgresLog;
use async_trait::async_trait;
use store::Store;

#[async_trait]
impl LogHarness for Store {
    type Log = PostgresLog;

    async fn new() -> Self {
        Self::fresh().await
    }

    async fn open(&self, clock: Arc<dyn Clock>, randomness: Arc<dyn Randomness>) -> Arc<PostgresLog> {
        let database = Store::open(self).await;
        Arc::new(PostgresLog::open(&database, clock, randomness).await.expect("the log opens"))
    }

    async fn close(&self, log: Arc<PostgresLog>) {
        log.close().await;
    }
}

acta_application::log_contract!(Store);

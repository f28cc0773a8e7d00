//! [`SqliteLog`] passes the log's contract.

use std::sync::Arc;

use acta_application::clock::{Clock, Randomness};
use acta_application::log::contract::LogHarness;
use acta_sqlite::{DataFolder, SqliteLog};
use async_trait::async_trait;
use tempfile::TempDir;

struct Store {
    folder: DataFolder,
    _directory: TempDir,
}

#[async_trait]
impl LogHarness for Store {
    type Log = SqliteLog;

    async fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary folder can be made");
        let folder = DataFolder::lock(directory.path()).expect("the folder is new");
        Self { folder, _directory: directory }
    }

    async fn open(&self, clock: Arc<dyn Clock>, randomness: Arc<dyn Randomness>) -> Arc<SqliteLog> {
        Arc::new(SqliteLog::open(&self.folder, clock, randomness).await.expect("the log opens"))
    }

    async fn close(&self, log: Arc<SqliteLog>) {
        log.close().await.expect("the log closes");
    }
}

acta_application::log_contract!(Store);

//! [`SqliteKeys`] passes the contract of a store of person keys.

use std::sync::Arc;

use acta_application::log::contract::TestRandomness;
use acta_application::persons::KeyWrap;
use acta_application::persons::contract::KeysHarness;
use acta_sqlite::{DataFolder, SqliteKeys};
use async_trait::async_trait;
use tempfile::TempDir;

struct Store {
    folder: DataFolder,
    randomness: Arc<TestRandomness>,
    _directory: TempDir,
}

#[async_trait]
impl KeysHarness for Store {
    type Keys = SqliteKeys;

    async fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary folder can be made");
        let folder = DataFolder::lock(directory.path()).expect("the folder is new");
        Self { folder, randomness: Arc::default(), _directory: directory }
    }

    async fn open(&self, wrap: Arc<dyn KeyWrap>) -> Arc<SqliteKeys> {
        Arc::new(SqliteKeys::open(&self.folder, wrap, self.randomness.clone()).await.expect("the keys open"))
    }

    async fn close(&self, keys: Arc<SqliteKeys>) {
        keys.close().await.expect("the keys close");
    }
}

acta_application::keys_contract!(Store);

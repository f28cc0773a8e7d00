//! [`SqliteCredentials`] passes the contract of a store of credentials.

use std::sync::Arc;

use acta_application::issuer::contract::CredentialsHarness;
use acta_sqlite::{DataFolder, SqliteCredentials};
use async_trait::async_trait;
use tempfile::TempDir;

struct Store {
    folder: DataFolder,
    _directory: TempDir,
}

#[async_trait]
impl CredentialsHarness for Store {
    type Credentials = SqliteCredentials;

    async fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary folder can be made");
        let folder = DataFolder::lock(directory.path()).expect("the folder is new");
        Self { folder, _directory: directory }
    }

    async fn open(&self) -> Arc<SqliteCredentials> {
        Arc::new(SqliteCredentials::open(&self.folder).await.expect("the credentials open"))
    }

    async fn close(&self, credentials: Arc<SqliteCredentials>) {
        credentials.close().await;
    }
}

acta_application::credentials_contract!(Store);

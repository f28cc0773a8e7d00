//! [`SqliteViews`] passes the contract of a store of views.

use std::sync::Arc;

use acta_application::views::contract::ViewsHarness;
use acta_sqlite::{DataFolder, SqliteViews};
use async_trait::async_trait;
use tempfile::TempDir;

struct Store {
    folder: DataFolder,
    _directory: TempDir,
}

#[async_trait]
impl ViewsHarness for Store {
    type Views = SqliteViews;

    async fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary folder can be made");
        let folder = DataFolder::lock(directory.path()).expect("the folder is new");
        Self { folder, _directory: directory }
    }

    async fn open(&self) -> Arc<SqliteViews> {
        Arc::new(SqliteViews::open(&self.folder).await.expect("the views open"))
    }

    async fn close(&self, views: Arc<SqliteViews>) {
        views.close().await.expect("the views close");
    }
}

acta_application::views_contract!(Store);

//! The contract that every store of views keeps.

use std::sync::Arc;

use acta_application::views::contract::ViewsHarness;
use acta_postgres::PostgresViews;
use async_trait::async_trait;

use crate::given::views_on;
use crate::store::Store;

#[async_trait]
impl ViewsHarness for Store {
    type Views = PostgresViews;

    async fn new() -> Self {
        Self::fresh().await
    }

    async fn open(&self) -> Arc<PostgresViews> {
        Arc::new(views_on(&Store::open(self).await).await)
    }

    async fn close(&self, views: Arc<PostgresViews>) {
        views.close().await;
    }
}

acta_application::views_contract!(Store);

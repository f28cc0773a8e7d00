//! The read models in the table `view_rows`.

mod follow;
mod query;
mod row;
mod sweep;
mod told;
mod unlike;
mod write;

use std::sync::Arc;

use acta_application::log::Position;
use acta_application::views::{RowKey, Unlike, ViewName, ViewQuery, ViewRow, Views, ViewsError};
use async_trait::async_trait;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::told::Told;
use self::write::Rows;
use crate::database::{Database, fault};

/// The views in the table `view_rows`, of which any number of instances may be open: one task follows the checkpoints that others
/// move, another removes rows that are no view's any more.
///
/// A commit does not wait for the disk: what a crash takes away is folded from the log again.
#[derive(Debug)]
pub struct PostgresViews {
    database: Database,
    told: Told,
    unswept: Arc<Notify>,
    closing: CancellationToken,
    tasks: TaskTracker,
}

impl PostgresViews {
    /// Opens the views.
    ///
    /// # Errors
    /// [`ViewsError::Unavailable`] when the database does not answer.
    pub async fn open(database: &Database) -> Result<Self, ViewsError> {
        query::checkpoints(database).await.map_err(unavailable)?;
        let (told, unswept) = (Told::default(), Arc::new(Notify::new()));
        let (closing, tasks) = (CancellationToken::new(), TaskTracker::new());
        tasks.spawn(follow::follow(database.clone(), told.clone(), closing.clone()));
        tasks.spawn(sweep::sweep(database.clone(), Arc::clone(&unswept), closing.clone()));
        tasks.close();
        Ok(Self { database: database.clone(), told, unswept, closing, tasks })
    }

    /// Ends both tasks. The connections are the [`Database`]'s.
    pub async fn close(&self) {
        self.closing.cancel();
        self.tasks.wait().await;
    }

    async fn write(
        &self,
        view: &ViewName,
        expected: Position,
        reached: Position,
        rows: Rows<'_>,
    ) -> Result<(), ViewsError> {
        let standing = write::commit(&self.database, view, expected, reached, rows).await?;
        self.told.tell(view, standing);
        Ok(())
    }

    /// Tells those who follow what is stored, and has rows removed that are no view's any more.
    async fn settle(&self) -> Result<(), ViewsError> {
        self.unswept.notify_one();
        let checkpoints = query::checkpoints(&self.database).await.map_err(unavailable)?;
        self.told.tell_all(&checkpoints);
        Ok(())
    }
}

impl Drop for PostgresViews {
    fn drop(&mut self) {
        self.closing.cancel();
    }
}

fn unavailable(error: sqlx::Error) -> ViewsError {
    ViewsError::Unavailable(fault(error))
}

#[async_trait]
impl Views for PostgresViews {
    async fn checkpoint(&self, view: &ViewName) -> Result<Position, ViewsError> {
        Ok(query::checkpoint(&self.database, view).await.map_err(unavailable)?.position)
    }

    async fn follow(&self, view: &ViewName) -> Result<watch::Receiver<Position>, ViewsError> {
        // Before the question, so that no move is missed between its answer and the first notification.
        self.told.expect(view);
        let standing = query::checkpoint(&self.database, view).await.map_err(unavailable)?;
        Ok(self.told.follow(view, standing))
    }

    async fn rows(&self, view: &ViewName, keys: &[RowKey]) -> Result<Vec<ViewRow>, ViewsError> {
        query::rows(&self.database, view, keys).await
    }

    async fn query(&self, view: &ViewName, query: &ViewQuery) -> Result<Vec<ViewRow>, ViewsError> {
        query::page(&self.database, view, query).await
    }

    async fn commit(
        &self,
        view: &ViewName,
        expected: Position,
        reached: Position,
        rows: Vec<ViewRow>,
    ) -> Result<(), ViewsError> {
        self.write(view, expected, reached, Rows { fresh: &[], changed: &rows }).await
    }

    async fn fill(
        &self,
        view: &ViewName,
        expected: Position,
        reached: Position,
        new: Vec<ViewRow>,
        changed: Vec<ViewRow>,
    ) -> Result<(), ViewsError> {
        self.write(view, expected, reached, Rows { fresh: &new, changed: &changed }).await
    }

    async fn scan(
        &self,
        view: &ViewName,
        after: Option<&RowKey>,
        limit: u32,
    ) -> Result<Vec<ViewRow>, ViewsError> {
        query::scan(&self.database, view, after, limit).await
    }

    async fn unlike(
        &self,
        view: &ViewName,
        other: &ViewName,
        after: Option<&RowKey>,
        limit: u32,
    ) -> Result<Unlike, ViewsError> {
        unlike::unlike(&self.database, view, other, after, limit).await
    }

    async fn discard(&self, view: &ViewName) -> Result<(), ViewsError> {
        write::discard(&self.database, view).await?;
        self.settle().await
    }

    async fn replace(&self, view: &ViewName, copy: &ViewName, position: Position) -> Result<(), ViewsError> {
        write::replace(&self.database, view, copy, position).await?;
        self.settle().await
    }
}

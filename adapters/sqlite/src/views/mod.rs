//! The read models in `views.sqlite`.

mod ahead;
mod query;
mod row;
mod unlike;
mod write;

use std::collections::HashMap;
use std::sync::Mutex;

use acta_application::log::Position;
use acta_application::views::{RowKey, Unlike, ViewName, ViewQuery, ViewRow, Views, ViewsError};
use async_trait::async_trait;
use sqlx::SqliteConnection;
use sqlx::sqlite::{SqlitePool, SqliteSynchronous};
use tokio::sync::watch;

use self::ahead::{Ahead, Checkpoint};
use crate::database::{Database, VIEWS, fault};
use crate::folder::{DataFolder, OpenError};

/// The views in `views.sqlite`: one connection writes, a few read. Its commits are not fsynced, because everything in it can be
/// folded from the log again.
#[derive(Debug)]
pub struct SqliteViews {
    writer: SqlitePool,
    readers: SqlitePool,
    // Moved only by whoever holds the writer's connection, so that it moves in the order of commits.
    checkpoints: Mutex<HashMap<ViewName, watch::Sender<Position>>>,
    // The same holds for these.
    ahead: Ahead,
    database: Database,
}

impl SqliteViews {
    /// Opens the views of `folder`; makes the file if it is not there.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open(folder: &DataFolder) -> Result<Self, OpenError> {
        let database = Database::prepare(folder, "views.sqlite", SqliteSynchronous::Normal, VIEWS).await?;
        let (writer, readers) = (database.writer(), database.readers());
        Ok(Self { writer, readers, checkpoints: Mutex::default(), ahead: Ahead::default(), database })
    }

    /// Finishes what is under way and moves everything from the WAL into the file.
    ///
    /// # Errors
    /// [`ViewsError::Unavailable`] when the last checkpoint failed; nothing is lost then.
    pub async fn close(&self) -> Result<(), ViewsError> {
        for view in self.ahead.views() {
            let mut connection = self.writer.acquire().await.map_err(unavailable)?;
            self.catch_up(&mut connection, &view).await?;
        }
        self.writer.close().await;
        self.readers.close().await;
        self.database.checkpoint().await.map_err(unavailable)
    }

    /// The checkpoint of `view`, for whoever holds the writer's connection.
    async fn standing(
        &self,
        connection: &mut SqliteConnection,
        view: &ViewName,
    ) -> Result<Checkpoint, ViewsError> {
        match self.ahead.get(view) {
            Some(checkpoint) => Ok(checkpoint),
            None => Ok(Checkpoint::stored(checkpoint(connection, view).await?)),
        }
    }

    /// Writes the checkpoint of `view`, if it is ahead of the file.
    async fn catch_up(&self, connection: &mut SqliteConnection, view: &ViewName) -> Result<(), ViewsError> {
        if let Some(Checkpoint { stored, reached }) = self.ahead.get(view) {
            write::commit(connection, view, stored, reached, &[]).await?;
            self.ahead.forget(view);
        }
        Ok(())
    }

    fn told(&self, view: &ViewName, position: Position) -> watch::Receiver<Position> {
        let mut checkpoints = self.checkpoints.lock().expect("nothing panics while it holds the checkpoints");
        let sender = checkpoints.entry(view.clone()).or_insert_with(|| watch::channel(position).0);
        sender.send_if_modified(|last| std::mem::replace(last, position) != position);
        sender.subscribe()
    }
}

fn unavailable(error: sqlx::Error) -> ViewsError {
    ViewsError::Unavailable(fault(error))
}

/// The checkpoint of `view`, as `connection` sees it.
async fn checkpoint(connection: &mut SqliteConnection, view: &ViewName) -> Result<Position, ViewsError> {
    let position: Option<i64> = sqlx::query_scalar("SELECT position FROM view_checkpoints WHERE view = ?1")
        .bind(view.as_str())
        .fetch_optional(connection)
        .await
        .map_err(unavailable)?;
    Ok(Position::new(position.and_then(|position| u64::try_from(position).ok()).unwrap_or_default()))
}

#[async_trait]
impl Views for SqliteViews {
    async fn checkpoint(&self, view: &ViewName) -> Result<Position, ViewsError> {
        if let Some(checkpoint) = self.ahead.get(view) {
            return Ok(checkpoint.reached);
        }
        let mut connection = self.readers.acquire().await.map_err(unavailable)?;
        checkpoint(&mut connection, view).await
    }

    async fn follow(&self, view: &ViewName) -> Result<watch::Receiver<Position>, ViewsError> {
        let mut connection = self.writer.acquire().await.map_err(unavailable)?;
        let checkpoint = self.standing(&mut connection, view).await?;
        Ok(self.told(view, checkpoint.reached))
    }

    async fn rows(&self, view: &ViewName, keys: &[RowKey]) -> Result<Vec<ViewRow>, ViewsError> {
        query::rows(&self.readers, view, keys).await
    }

    async fn query(&self, view: &ViewName, query: &ViewQuery) -> Result<Vec<ViewRow>, ViewsError> {
        query::page(&self.readers, view, query).await
    }

    async fn commit(
        &self,
        view: &ViewName,
        expected: Position,
        reached: Position,
        rows: Vec<ViewRow>,
    ) -> Result<(), ViewsError> {
        let mut connection = self.writer.acquire().await.map_err(unavailable)?;
        let checkpoint = self.standing(&mut connection, view).await?;
        if checkpoint.reached != expected {
            let actual = checkpoint.reached;
            return Err(ViewsError::CheckpointMoved { view: view.clone(), expected, actual });
        }
        if rows.is_empty() && checkpoint.may_wait(reached) {
            self.ahead.keep(view, Checkpoint { reached, ..checkpoint });
        } else {
            write::commit(&mut connection, view, checkpoint.stored, reached, &rows).await?;
            self.ahead.forget(view);
        }
        self.told(view, reached);
        Ok(())
    }

    async fn scan(
        &self,
        view: &ViewName,
        after: Option<&RowKey>,
        limit: u32,
    ) -> Result<Vec<ViewRow>, ViewsError> {
        query::scan(&self.readers, view, after, limit).await
    }

    async fn unlike(
        &self,
        view: &ViewName,
        other: &ViewName,
        after: Option<&RowKey>,
        limit: u32,
    ) -> Result<Unlike, ViewsError> {
        unlike::unlike(&self.readers, view, other, after, limit).await
    }

    async fn discard(&self, view: &ViewName) -> Result<(), ViewsError> {
        let mut connection = self.writer.acquire().await.map_err(unavailable)?;
        write::discard(&mut connection, view).await?;
        self.ahead.forget(view);
        self.told(view, Position::default());
        Ok(())
    }

    async fn replace(&self, view: &ViewName, copy: &ViewName, position: Position) -> Result<(), ViewsError> {
        let mut connection = self.writer.acquire().await.map_err(unavailable)?;
        self.catch_up(&mut connection, view).await?;
        self.catch_up(&mut connection, copy).await?;
        write::replace(&mut connection, view, copy, position).await?;
        self.told(copy, Position::default());
        self.told(view, position);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_transaction_that_was_never_ended_does_not_stop_the_next_one() {
        let directory = tempfile::tempdir().unwrap();
        let folder = DataFolder::lock(directory.path()).unwrap();
        let views = SqliteViews::open(&folder).await.unwrap();
        let mut connection = views.writer.acquire().await.unwrap();
        // As after a commit that failed: the connection goes back and believes that it is still inside.
        std::mem::forget(sqlx::Connection::begin(&mut *connection).await.unwrap());
        drop(connection);

        let (view, start) = (ViewName::new("floor"), Position::default());
        views.commit(&view, start, Position::new(5_000), Vec::new()).await.unwrap();
        assert_eq!(views.checkpoint(&view).await.unwrap(), Position::new(5_000));
    }
}

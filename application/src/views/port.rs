//! The port.

use async_trait::async_trait;
use tokio::sync::watch;

use super::{RowKey, Unlike, ViewName, ViewQuery, ViewRow};
use crate::log::{Fault, Position};

/// A view could not be read or written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ViewsError {
    /// The database did not answer, or not in time.
    #[error("the views are not available")]
    Unavailable(#[source] Fault),
    /// Somebody else moved the checkpoint: their rows stand, ours were not written.
    #[error("the checkpoint of view {view} is at {actual}, not at {expected}")]
    CheckpointMoved {
        /// The view.
        view: ViewName,
        /// What the writer believed.
        expected: Position,
        /// What it is.
        actual: Position,
    },
    /// A row does not have the form that this service writes.
    #[error("a row of view {view} is damaged: {what}")]
    Damaged {
        /// The view.
        view: ViewName,
        /// What is wrong.
        what: String,
    },
}

/// The store of read models.
#[async_trait]
pub trait Views: Send + Sync + 'static {
    /// The last position that is folded into `view`; [`Position::default`] for one that is new.
    ///
    /// # Errors
    /// See [`ViewsError`].
    async fn checkpoint(&self, view: &ViewName) -> Result<Position, ViewsError>;

    /// Follows the checkpoint of `view` as this process moves it, starting from what is stored.
    ///
    /// # Errors
    /// See [`ViewsError`].
    async fn follow(&self, view: &ViewName) -> Result<watch::Receiver<Position>, ViewsError>;

    /// The rows of `keys` that exist, in any order.
    ///
    /// # Errors
    /// See [`ViewsError`].
    async fn rows(&self, view: &ViewName, keys: &[RowKey]) -> Result<Vec<ViewRow>, ViewsError>;

    /// One row.
    ///
    /// # Errors
    /// See [`ViewsError`].
    async fn row(&self, view: &ViewName, key: &RowKey) -> Result<Option<ViewRow>, ViewsError> {
        Ok(self.rows(view, std::slice::from_ref(key)).await?.pop())
    }

    /// The rows that `query` asks for, in its order.
    ///
    /// # Errors
    /// See [`ViewsError`].
    async fn query(&self, view: &ViewName, query: &ViewQuery) -> Result<Vec<ViewRow>, ViewsError>;

    /// Writes `rows` (whole, over what was there) and moves the checkpoint from `expected` to `reached`, both or neither.
    ///
    /// # Errors
    /// [`ViewsError::CheckpointMoved`] when the checkpoint is not at `expected`; else see [`ViewsError`].
    async fn commit(
        &self,
        view: &ViewName,
        expected: Position,
        reached: Position,
        rows: Vec<ViewRow>,
    ) -> Result<(), ViewsError>;

    /// As [`Self::commit`], for a copy that is being filled from the start of the log: `new` are rows whose keys `view` certainly
    /// does not have, so a store need not look for them; `changed` are written over what is there. No key comes twice.
    ///
    /// # Errors
    /// As [`Self::commit`].
    async fn fill(
        &self,
        view: &ViewName,
        expected: Position,
        reached: Position,
        new: Vec<ViewRow>,
        changed: Vec<ViewRow>,
    ) -> Result<(), ViewsError> {
        let mut rows = new;
        rows.extend(changed);
        self.commit(view, expected, reached, rows).await
    }

    /// Every row of `view` in order of key, at most `limit`, behind `after`: what a comparison walks.
    ///
    /// # Errors
    /// See [`ViewsError`].
    async fn scan(
        &self,
        view: &ViewName,
        after: Option<&RowKey>,
        limit: u32,
    ) -> Result<Vec<ViewRow>, ViewsError>;

    /// Compares the rows of `view` and of `other` behind `after`, over some `limit` rows of each: stores that can do so without
    /// giving the rows away should.
    ///
    /// # Errors
    /// See [`ViewsError`].
    async fn unlike(
        &self,
        view: &ViewName,
        other: &ViewName,
        after: Option<&RowKey>,
        limit: u32,
    ) -> Result<Unlike, ViewsError> {
        let rows = self.scan(view, after, limit).await?;
        Ok(Unlike::between(rows, self.scan(other, after, limit).await?, limit))
    }

    /// Removes `view` with its checkpoint.
    ///
    /// # Errors
    /// See [`ViewsError`].
    async fn discard(&self, view: &ViewName) -> Result<(), ViewsError>;

    /// Puts the rows and the checkpoint of `copy` in the place of those of `view`, in one transaction, if both are at
    /// `position`.
    ///
    /// # Errors
    /// [`ViewsError::CheckpointMoved`] when either is elsewhere; else see [`ViewsError`].
    async fn replace(&self, view: &ViewName, copy: &ViewName, position: Position) -> Result<(), ViewsError>;
}

//! Writing in the background, one commit at a time.

use std::sync::Arc;

use acta_application::log::Position;
use acta_application::views::{ViewName, Views, ViewsError};
use tokio_util::task::AbortOnDropHandle;

use super::memory::Changes;

/// A commit of a copy.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) view: ViewName,
    pub(super) expected: Position,
    pub(super) reached: Position,
    pub(super) changes: Changes,
}

/// Writes one batch while the next one is folded. One at a time: stores write one after another anyway, and the memory is bounded.
pub(super) struct Writer {
    views: Arc<dyn Views>,
    under_way: Option<AbortOnDropHandle<Result<(), ViewsError>>>,
}

impl Writer {
    pub(super) fn new(views: Arc<dyn Views>) -> Self {
        Self { views, under_way: None }
    }

    /// Begins to write `batch`, once the one before it is written.
    pub(super) async fn write(&mut self, batch: Batch) -> Result<(), ViewsError> {
        self.finish().await?;
        let views = Arc::clone(&self.views);
        let writing = tokio::spawn(async move {
            let Batch { view, expected, reached, changes } = batch;
            views.fill(&view, expected, reached, changes.new, changes.changed).await
        });
        self.under_way = Some(AbortOnDropHandle::new(writing));
        Ok(())
    }

    /// Waits until everything is written.
    pub(super) async fn finish(&mut self) -> Result<(), ViewsError> {
        let Some(writing) = &mut self.under_way else {
            return Ok(());
        };
        let written = writing.await;
        self.under_way = None;
        match written {
            Ok(written) => written,
            Err(ended) => match ended.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(cancelled) => Err(ViewsError::Unavailable(Arc::new(cancelled))),
            },
        }
    }
}

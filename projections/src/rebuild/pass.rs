//! A pass over the log.

use std::sync::Arc;

use acta_application::log::{EventLog, FeedScope, Position};
use acta_application::views::{ViewName, Views};

use super::ahead::{Page, ReadAhead};
use super::copy::ViewCopy;
use super::writer::Writer;
use super::{Progress, RebuildError};

/// Most rows that are read back at a time.
const READ_BACK: usize = 1_000;

/// What feeds copies from the log.
pub(super) struct Pass<R> {
    log: Arc<dyn EventLog>,
    pub(super) views: Arc<dyn Views>,
    writer: Writer,
    report: R,
}

impl<R: FnMut(Progress) + Send> Pass<R> {
    pub(super) fn new(log: Arc<dyn EventLog>, views: Arc<dyn Views>, report: R) -> Self {
        Self { log, writer: Writer::new(Arc::clone(&views)), views, report }
    }

    /// Folds each of `copies` up to where its live view stands now, exactly, and writes it.
    pub(super) async fn run_to_the_live_views(
        &mut self,
        copies: &mut [ViewCopy],
    ) -> Result<(), RebuildError> {
        for copy in copies.iter_mut() {
            copy.target = self.views.checkpoint(&copy.live).await?.max(copy.at);
            check_within_log(&*self.log, &copy.live, copy.target).await?;
        }
        self.run(copies).await?;
        Ok(self.writer.finish().await?)
    }

    /// Waits until nothing is being written any more, whatever becomes of it.
    pub(super) async fn end_writing(&mut self) {
        let _ended = self.writer.finish().await;
    }

    async fn run(&mut self, copies: &mut [ViewCopy]) -> Result<(), RebuildError> {
        let after = copies.iter().map(|copy| copy.at).min().unwrap_or_default();
        let target = copies.iter().map(|copy| copy.target).max().unwrap_or_default();
        let concerns = copies.iter().map(ViewCopy::concern).collect();
        let mut pages = ReadAhead::start(Arc::clone(&self.log), after, target, concerns);
        let mut folded = after;
        while let Some(page) = pages.next().await? {
            for copy in copies.iter_mut() {
                self.feed(copy, &page).await?;
            }
            if page.reached == folded {
                break;
            }
            folded = page.reached;
            (self.report)(Progress { folded, target });
        }
        match copies.iter().find(|copy| copy.at < copy.target) {
            Some(copy) => Err(RebuildError::AheadOfLog { view: copy.live.clone(), live: copy.target }),
            None => Ok(()),
        }
    }

    async fn feed(&mut self, copy: &mut ViewCopy, page: &Page) -> Result<(), RebuildError> {
        let absent = copy.absent(page);
        if !absent.is_empty() {
            // What left the memory may still be on its way into the store.
            self.writer.finish().await?;
        }
        for keys in absent.chunks(READ_BACK) {
            copy.take_back(self.views.rows(&copy.name, keys).await?)?;
        }
        copy.fold(page)?;
        if let Some(batch) = copy.due()? {
            self.writer.write(batch).await?;
        }
        Ok(())
    }
}

/// Checks that the log has the event at `live`, where the live `view` stands.
async fn check_within_log(log: &dyn EventLog, view: &ViewName, live: Position) -> Result<(), RebuildError> {
    let Some(before) = live.get().checked_sub(1) else {
        return Ok(());
    };
    let page = log.feed(FeedScope::All, Position::new(before), 1).await?;
    let there = page.events.first().is_some_and(|event| event.position == live);
    if there { Ok(()) } else { Err(RebuildError::AheadOfLog { view: view.clone(), live }) }
}

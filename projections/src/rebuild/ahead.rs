//! Reading ahead: the next pages of the log are read and decoded while those before them are folded.

use std::sync::Arc;

use acta_application::log::{EventLog, FeedScope, LogError, Position, RecordedEvent, UnreadableEvent};
use acta_domain::AnyEvent;
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

/// Most events of a page.
const PAGE: u64 = 4_096;

/// How many pages wait to be folded. A page is bounded by the log, in bytes.
const WAITING: usize = 2;

/// An event that concerns a wanted view, decoded if it can be. Whether it had to be readable depends on where the view ends.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) event: RecordedEvent,
    pub(super) decoded: Result<AnyEvent, Arc<UnreadableEvent>>,
}

impl Read {
    pub(super) fn of(event: RecordedEvent) -> Self {
        Self { decoded: event.decode().map_err(Arc::new), event }
    }
}

/// A run of the log.
#[derive(Debug)]
pub(super) struct Page {
    /// Those events of the run that concern a wanted view.
    pub(super) events: Vec<Read>,
    /// The end of the run.
    pub(super) reached: Position,
}

/// Tells whether events of an aggregate type matter.
pub(super) type Concern = fn(&str) -> bool;

/// A task that reads the log; it ends with this.
pub(super) struct ReadAhead {
    pages: mpsc::Receiver<Result<Page, LogError>>,
    _task: AbortOnDropHandle<()>,
}

impl ReadAhead {
    /// Reads the events after `after` up to `until`; of those that no one of `concerns` wants, only the positions are given.
    pub(super) fn start(
        log: Arc<dyn EventLog>,
        after: Position,
        until: Position,
        concerns: Vec<Concern>,
    ) -> Self {
        let (give, pages) = mpsc::channel(WAITING);
        let reading = async move {
            let mut at = after;
            while at < until {
                let page = read(&*log, at, until, &concerns).await;
                let ended = page.as_ref().map_or(true, |page| page.reached == at);
                at = page.as_ref().map_or(at, |page| page.reached);
                if give.send(page).await.is_err() || ended {
                    return;
                }
            }
        };
        Self { pages, _task: AbortOnDropHandle::new(tokio::spawn(reading)) }
    }

    /// The next page; `None` behind the last one. A page that reaches no further says that the log ends there.
    pub(super) async fn next(&mut self) -> Result<Option<Page>, LogError> {
        self.pages.recv().await.transpose()
    }
}

async fn read(
    log: &dyn EventLog,
    at: Position,
    until: Position,
    concerns: &[Concern],
) -> Result<Page, LogError> {
    let missing = until.get().saturating_sub(at.get()).min(PAGE);
    let page = log.feed(FeedScope::All, at, usize::try_from(missing).unwrap_or(usize::MAX)).await?;
    let wanted = page
        .events
        .into_iter()
        .filter(|event| concerns.iter().any(|concerns| concerns(&event.stream.aggregate_type)));
    let events = wanted.map(Read::of).collect();
    Ok(Page { events, reached: page.reached })
}

//! Reads the log ahead, and makes its events ready to be sent.

use std::collections::HashMap;
use std::sync::Arc;

use acta_domain::Timestamp;
use tokio::sync::mpsc;

use super::fault::{Obstacle, RelayFault};
use super::find::Standing;
use super::previous::Previous;
use super::{Lane, Publication, TopicNames, TopicRecord};
use crate::log::{EventLog, FeedScope, LogError, Position, RecordedEvent};

/// Events read at once.
const PAGE: usize = 1_000;
/// Pages that are ready and wait.
const PAGES_AHEAD: usize = 2;

/// What is to be done for one event.
pub(super) struct Errand {
    pub(super) recorded_at: Timestamp,
    /// What to send, and where to; [`None`] when it is there already.
    pub(super) parcel: Option<Parcel>,
}

/// A record on its way into a lane.
pub(super) struct Parcel {
    pub(super) lane: Lane,
    pub(super) record: TopicRecord,
    /// Whether it had been acknowledged, and was forgotten.
    pub(super) again: bool,
}

/// Errands for events that follow one another without a gap, or why there are no more.
pub(super) type Page = Result<Vec<Errand>, RelayFault>;

/// The reader of the log.
pub(super) struct Supply {
    log: Arc<dyn EventLog>,
    names: TopicNames,
    source: String,
    publication: Arc<dyn Publication>,
    /// The position of the last record in each lane, with what will be sent.
    places: HashMap<Lane, Position>,
    forgotten: HashMap<Lane, Position>,
    previous: Previous,
    /// Everything up to here is supplied.
    reached: Position,
}

impl Supply {
    /// A reader of `log` for `publication`, whose lanes are as `standing` says.
    pub(super) fn new(
        log: Arc<dyn EventLog>,
        names: TopicNames,
        source: String,
        publication: Arc<dyn Publication>,
        standing: &Standing,
    ) -> Self {
        let places = standing.places.iter().map(|(lane, place)| (lane.clone(), place.position)).collect();
        let (forgotten, reached) = (standing.forgotten.clone(), standing.start);
        Self { log, names, source, publication, places, forgotten, previous: Previous::new(), reached }
    }

    /// Pages for as long as somebody takes them; the last one may be a fault.
    pub(super) fn pages(self) -> (mpsc::Receiver<Page>, impl Future<Output = ()> + Send) {
        let (sender, pages) = mpsc::channel(PAGES_AHEAD);
        (pages, self.run(sender))
    }

    async fn run(mut self, pages: mpsc::Sender<Page>) {
        let mut head = self.log.head();
        loop {
            head.mark_unchanged();
            let mut ready = Vec::new();
            let outcome = self.read(&mut ready).await;
            let more = !ready.is_empty();
            // Before a fault, what could still be made ready.
            if more && pages.send(Ok(ready)).await.is_err() {
                return;
            }
            if let Err(fault) = outcome {
                return drop(pages.send(Err(fault)).await);
            }
            if !more {
                tokio::select! {
                    () = pages.closed() => return,
                    moved = head.changed() => if moved.is_err() { return },
                }
            }
        }
    }

    async fn read(&mut self, ready: &mut Vec<Errand>) -> Result<(), RelayFault> {
        let page = self.log.feed(FeedScope::All, self.reached, PAGE).await?;
        ready.reserve(page.events.len());
        for event in &page.events {
            self.check_order(event)?;
            ready.push(self.errand(event).await?);
            self.reached = event.position;
        }
        Ok(())
    }

    /// Progress is counted, so a gap would go unnoticed for ever.
    fn check_order(&self, event: &RecordedEvent) -> Result<(), LogError> {
        let next = self.reached.next();
        if event.position == next {
            return Ok(());
        }
        let what = format!("the event at position {} came next", event.position);
        Err(LogError::Damaged { place: format!("position {next}"), what })
    }

    async fn errand(&mut self, event: &RecordedEvent) -> Result<Errand, RelayFault> {
        let (position, recorded_at) = (event.position, event.recorded_at);
        let topic = self.names.of_type(&event.event_type);
        let lane = self.publication.lane(&topic, &event.session_id.to_string());
        let lane =
            lane.ok_or_else(|| Obstacle::UnknownType { position, event_type: event.event_type.clone() })?;
        let behind = self.places.get(&lane).copied();
        if behind >= Some(position) {
            self.previous.pass(event);
            return Ok(Errand { recorded_at, parcel: None });
        }
        let previous = self.previous.before(&*self.log, event).await?;
        let record = TopicRecord::of(event, &self.source, previous).behind(behind);
        self.places.insert(lane.clone(), position);
        let again = self.forgotten.get(&lane).is_some_and(|last| position <= *last);
        Ok(Errand { recorded_at, parcel: Some(Parcel { lane, record, again }) })
    }
}

//! A log, a broker, and relays between them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use acta_application::leases::{HolderId, SoleInstance, Tenures};
use acta_application::log::contract::{TestClock, moment};
use acta_application::log::{EventLog, Position};
use acta_application::relay::memory::{Arrival, MemoryTopics};
use acta_application::relay::{
    Lane, Layout, Relay, RelayHealth, RelayState, TopicNames, TopicRecord, partition_of,
};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::stores::{MemoryLog, MemoryViews};

/// The types of the events of these tests.
pub(crate) const TYPES: [&str; 3] = ["session.created.v1", "session.started.v1", "session.ended.v1"];
const SOURCE: &str = "https://acta.example";
/// How long anything may take before a test fails, by the clock of a runtime that does not wait for real.
const PATIENCE: Duration = Duration::from_mins(5);

pub(crate) struct World {
    pub(crate) log: Arc<MemoryLog>,
    pub(crate) views: Arc<MemoryViews>,
    pub(crate) topics: MemoryTopics,
    pub(crate) clock: Arc<TestClock>,
    names: TopicNames,
    partitions: u32,
}

/// A relay at work.
pub(crate) struct Running {
    pub(crate) health: watch::Receiver<RelayHealth>,
    pub(crate) stop: CancellationToken,
    task: JoinHandle<()>,
}

impl World {
    /// An empty log and an empty broker, whose records take a millisecond each.
    pub(crate) fn new(layout: Layout, partitions: u32) -> Self {
        let arrival = Arrival::OneAfterAnother(Duration::from_millis(1));
        Self {
            log: Arc::new(MemoryLog::of_history(1)),
            views: Arc::default(),
            topics: MemoryTopics::new(partitions, arrival),
            clock: Arc::new(TestClock::at(moment(0))),
            names: TopicNames::new(layout, ""),
            partitions,
        }
    }

    /// One topic with one partition, and so many events.
    pub(crate) fn with_events(count: u8) -> Self {
        let world = Self::new(Layout::Single, 1);
        world.append(count);
        world
    }

    /// Appends so many events to a few sessions.
    pub(crate) fn append(&self, count: u8) {
        (0..count).for_each(|number| self.log.append(number % 3, TYPES[usize::from(number / 3) % 3]));
    }

    /// A relay that believes to be the only one.
    pub(crate) fn start(&self) -> Running {
        self.start_with(Tenures::new(Arc::new(SoleInstance), HolderId(Uuid::nil())))
    }

    pub(crate) fn start_with(&self, tenures: Tenures) -> Running {
        let relay = Relay::new(
            self.log.clone(),
            self.views.clone(),
            Arc::new(self.topics.clone()),
            self.clock.clone(),
            self.names.clone(),
            SOURCE.to_owned(),
        );
        let (health, stop) = (relay.health(), CancellationToken::new());
        let task = tokio::spawn(relay.run(tenures, stop.clone()));
        Running { health, stop, task }
    }

    pub(crate) fn head(&self) -> Position {
        *self.log.head().borrow()
    }

    /// The only lane.
    pub(crate) fn lane(&self) -> Lane {
        Lane { topic: self.names.of_type(TYPES[0]), partition: 0 }
    }

    /// Asserts that a reader of any lane, who follows the chain, gets every event that belongs there, once and in order.
    #[track_caller]
    pub(crate) fn assert_whole(&self) {
        let expected = self.expected();
        for lane in self.topics.lanes() {
            let taken = chain(self.topics.records(&lane));
            assert_eq!(taken, expected.get(&lane).cloned().unwrap_or_default(), "{lane}");
        }
    }

    /// Asserts that there is nothing else in the lanes either.
    #[track_caller]
    pub(crate) fn assert_whole_without_doubles(&self) {
        self.assert_whole();
        let records: usize = self.topics.lanes().iter().map(|lane| self.topics.records(lane).len()).sum();
        assert_eq!(records as u64, self.head().get());
    }

    fn expected(&self) -> BTreeMap<Lane, Vec<TopicRecord>> {
        let mut lanes: BTreeMap<Lane, Vec<TopicRecord>> = BTreeMap::new();
        for event in self.log.events() {
            let partition = partition_of(event.session_id.to_string().as_bytes(), self.partitions);
            let lane = Lane { topic: self.names.of_type(&event.event_type), partition };
            let lane = lanes.entry(lane).or_default();
            let behind = lane.last().map(|record| record.position);
            lane.push(TopicRecord::of(&event, SOURCE, self.log.before(&event)).behind(behind));
        }
        lanes
    }
}

/// What a reader takes who follows the chain of a lane from its start.
fn chain(records: Vec<TopicRecord>) -> Vec<TopicRecord> {
    let mut taken: Vec<TopicRecord> = Vec::new();
    for record in records {
        let last = taken.last().map(|record| record.position.to_string());
        if header(&record, "ce_replayed").is_none()
            && header(&record, "ce_previousposition") == last.as_deref()
        {
            taken.push(record);
        }
    }
    taken
}

fn header<'a>(record: &'a TopicRecord, name: &str) -> Option<&'a str> {
    record.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
}

impl Running {
    /// Waits until it is as `wanted`.
    pub(crate) async fn becomes(&mut self, wanted: impl FnMut(&RelayHealth) -> bool) -> RelayHealth {
        let waiting = timeout(PATIENCE, self.health.wait_for(wanted));
        waiting.await.expect("it becomes so in time").expect("the relay lives").clone()
    }

    /// Waits until everything up to `position` is acknowledged.
    pub(crate) async fn reaches(&mut self, position: Position) {
        self.becomes(|health| health.state == RelayState::Relaying && health.position >= position).await;
    }

    /// Kills it where it is.
    pub(crate) async fn crash(self) {
        self.task.abort();
        let _ = self.task.await;
    }

    /// Stops it as a process is stopped.
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        timeout(PATIENCE, self.task).await.expect("it stops in time").unwrap();
    }
}

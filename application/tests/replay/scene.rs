//! A log with events of a few sessions, and a broker.

use std::sync::Arc;
use std::time::Duration;

use acta_application::log::contract::{TestClock, TestRandomness, moment};
use acta_application::log::{
    Actor, Append, CommandDigest, CommandId, EventLog, ExpectedVersion, FeedScope, Metadata, NewEvent,
    Position, RecordedEvent, StreamId,
};
use acta_application::relay::memory::{Arrival, MemoryTopics};
use acta_application::relay::replay::{Destination, Replay, ReplayRequest, Replayed};
use acta_application::relay::{Lane, Layout, TopicName, TopicNames, TopicRecord};
use acta_domain::{SessionId, TenantId};
use acta_sqlite::{DataFolder, SqliteLog};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// The type of the events in the log.
const UPDATED: &str = "session.updated.v1";

pub(crate) const SOURCE: &str = "https://acta.example";

pub(crate) struct Scene {
    pub(crate) log: Arc<SqliteLog>,
    pub(crate) broker: MemoryTopics,
    pub(crate) stop: CancellationToken,
    _directory: TempDir,
}

impl Scene {
    /// A log with `events` events, in turn of sessions 0, 1 and 2, and a broker that takes records at once.
    pub(crate) async fn with_events(events: u64) -> Self {
        Self::with_broker(events, Arrival::AtOnce).await
    }

    /// The same, where a record takes so long.
    pub(crate) async fn with_broker(events: u64, arrival: Arrival) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let folder = DataFolder::lock(directory.path()).unwrap();
        let (clock, randomness) = (TestClock::at(moment(0)), TestRandomness::default());
        let log = SqliteLog::open(&folder, Arc::new(clock), Arc::new(randomness)).await.unwrap();
        for number in 0..events {
            log.append(said(u128::from(number), UPDATED)).await.unwrap();
        }
        let broker = MemoryTopics::new(1, arrival);
        Self { log: Arc::new(log), broker, stop: CancellationToken::new(), _directory: directory }
    }

    pub(crate) fn replay(&self, destination: Destination) -> Replay {
        let (log, topics) = (self.log.clone(), Arc::new(self.broker.clone()));
        Replay::new(log, topics, destination, SOURCE.to_owned(), Duration::from_secs(30))
    }

    /// Publishes `from` to `to` once more to the ordinary topics.
    pub(crate) async fn run(&self, from: u64, to: u64) -> Replayed {
        self.replay(ordinary()).run(request(from, to), &self.stop, |_| ()).await
    }

    /// What is in the topic called `topic`, in order.
    pub(crate) fn records(&self, topic: &str) -> Vec<TopicRecord> {
        self.broker.records(&Lane { topic: TopicName::new(topic), partition: 0 })
    }

    /// The positions of what is in the topic called `topic`, in order.
    pub(crate) fn positions_in(&self, topic: &str) -> Vec<u64> {
        self.records(topic).iter().map(|record| record.position.get()).collect()
    }

    /// The positions of what was published to the ordinary topic, in order.
    pub(crate) fn positions(&self) -> Vec<u64> {
        self.positions_in(UPDATED)
    }

    pub(crate) async fn events(&self) -> Vec<RecordedEvent> {
        self.log.feed(FeedScope::All, Position::default(), 10_000).await.unwrap().events
    }
}

/// The number of a position.
pub(crate) fn position(number: u64) -> Position {
    Position::new(number)
}

pub(crate) fn request(from: u64, to: u64) -> ReplayRequest {
    ReplayRequest { from: position(from), to: position(to), session: None }
}

pub(crate) fn ordinary() -> Destination {
    Destination::Ordinary(TopicNames::new(Layout::ByType, ""))
}

pub(crate) fn alone(topic: &str) -> Destination {
    Destination::One(TopicName::new(topic))
}

pub(crate) fn session(number: u128) -> SessionId {
    SessionId::new(Uuid::from_u128(0x5e00 + number))
}

/// Command `number`, with one event of the type `event_type` in session `number` modulo 3.
pub(crate) fn said(number: u128, event_type: &str) -> Append {
    let session = session(number % 3);
    Append {
        tenant_id: TenantId::new(Uuid::from_u128(1)),
        session_id: session,
        stream: StreamId::of_session("session", session),
        expected: ExpectedVersion::Any,
        guards: Vec::new(),
        rests_on: Vec::new(),
        metadata: Metadata {
            actor: Actor::Clock,
            command_id: CommandId(Uuid::from_u128(number)),
            correlation_id: Uuid::from_u128(number),
            causation: None,
            traceparent: None,
        },
        command_digest: CommandDigest([7; 32]),
        events: vec![NewEvent {
            event_type: event_type.to_owned(),
            event_version: 1,
            payload: format!(r#"{{"type":"{event_type}","number":{number}}}"#),
            sealed: None,
        }],
    }
}

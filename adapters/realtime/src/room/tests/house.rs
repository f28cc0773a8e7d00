//! Real stores in a temporary folder, and rooms over them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use acta_application::clock::Randomness;
use acta_application::log::contract::{TestClock, TestRandomness, moment};
use acta_application::log::{
    Actor, Append, CommandDigest, CommandId, EventLog, ExpectedVersion, Metadata, NewEvent, Position,
    RecordedEvent, SessionIndex, StreamId,
};
use acta_application::persons::contract::TestWrap;
use acta_application::persons::{PersonalPart, PersonalText, Persons, Subject};
use acta_application::views::Views;
use acta_domain::{AnyEvent, SessionId, TenantId};
use acta_sqlite::{DataFolder, SqliteKeys, SqliteLog, SqliteViews};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::super::budget::Budget;
use super::super::{Rooms, Seat, SeatError};
use crate::frame::Frame;

/// How long a test waits for a state before it says that it never came.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

pub(super) struct House {
    pub(super) log: Arc<SqliteLog>,
    pub(super) views: Arc<SqliteViews>,
    pub(super) persons: Persons,
    pub(super) clock: Arc<TestClock>,
    pub(super) rooms: Rooms,
    stop: CancellationToken,
    running: JoinHandle<()>,
    commands: AtomicU64,
    _directory: TempDir,
}

impl House {
    pub(super) async fn open() -> Self {
        Self::with(Budget::default(), 1_024).await
    }

    /// A house whose rings are cut down to a few frames, and whose rooms can take three events at once.
    pub(super) async fn narrow() -> Self {
        Self::with(Budget::of(0), 3).await
    }

    async fn with(budget: Budget, inbox: usize) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let folder = DataFolder::lock(directory.path()).unwrap();
        let clock = Arc::new(TestClock::at(moment(0)));
        let randomness: Arc<dyn Randomness> = Arc::new(TestRandomness::default());
        let log = Arc::new(SqliteLog::open(&folder, clock.clone(), randomness.clone()).await.unwrap());
        let keys = SqliteKeys::open(&folder, Arc::new(TestWrap(1)), randomness.clone()).await.unwrap();
        let views = Arc::new(SqliteViews::open(&folder).await.unwrap());
        let persons = Persons::new(Arc::new(keys), randomness);
        let rooms = Rooms::with(log.clone(), views.clone(), persons.clone(), clock.clone(), budget, inbox);
        let (stop, commands) = (CancellationToken::new(), AtomicU64::new(0));
        let running = run(&rooms, &stop);
        Self { log, views, persons, clock, rooms, stop, running, commands, _directory: directory }
    }

    /// Ends all rooms, as a stopping service does, and opens the house again.
    pub(super) async fn reopen(&mut self) {
        self.stop.cancel();
        (&mut self.running).await.unwrap();
        let views: Arc<dyn Views> = self.views.clone();
        self.rooms = Rooms::new(self.log.clone(), views, self.persons.clone(), self.clock.clone());
        self.stop = CancellationToken::new();
        self.running = run(&self.rooms, &self.stop);
    }

    pub(super) async fn close(self) {
        self.stop.cancel();
        self.running.await.unwrap();
    }

    pub(super) async fn enter(&self, after: Option<Position>) -> Seat {
        self.rooms.enter(tenant(), session(), after).await.unwrap()
    }

    /// Appends events of one stream of the session.
    pub(super) async fn append(&self, events: Vec<(AnyEvent, PersonalPart)>) -> Position {
        self.append_to(session(), events).await
    }

    pub(super) async fn append_to(
        &self,
        place: SessionId,
        events: Vec<(AnyEvent, PersonalPart)>,
    ) -> Position {
        let aggregate = events[0].0.aggregate_type();
        let mut new = Vec::new();
        for (event, part) in events {
            let subject = event.person_id().map_or(Subject::Session, Subject::Person);
            let sealed = self.persons.seal(tenant(), place, subject, &part).await.unwrap();
            let (event_type, payload) = (event.name().to_owned(), event.to_payload().to_string());
            new.push(NewEvent { event_type, event_version: 1, payload, sealed });
        }
        let command = self.commands.fetch_add(1, Ordering::Relaxed);
        let append = Append {
            tenant_id: tenant(),
            session_id: place,
            stream: StreamId::of_session(aggregate, place),
            expected: ExpectedVersion::Any,
            guards: Vec::new(),
            rests_on: Vec::new(),
            metadata: Metadata {
                actor: Actor::Clock,
                command_id: CommandId(Uuid::from_u128(u128::from(command))),
                correlation_id: Uuid::nil(),
                causation: None,
                traceparent: None,
            },
            command_digest: CommandDigest([0; 32]),
            events: new,
        };
        self.log.append(append).await.unwrap().last
    }

    pub(super) async fn events(&self) -> Vec<RecordedEvent> {
        self.log.session(tenant(), session(), SessionIndex::FIRST, 100_000).await.unwrap()
    }

    pub(super) fn head(&self) -> Position {
        *self.log.head().borrow()
    }
}

fn run(rooms: &Rooms, stop: &CancellationToken) -> JoinHandle<()> {
    let (rooms, stop) = (rooms.clone(), stop.clone());
    tokio::spawn(async move { rooms.run(stop).await })
}

pub(super) fn tenant() -> TenantId {
    TenantId::new(Uuid::from_u128(0x7e))
}

pub(super) fn session() -> SessionId {
    SessionId::new(Uuid::from_u128(0x5e))
}

pub(super) fn words(field: &str, text: &str) -> PersonalPart {
    PersonalPart::of([(field, Some(PersonalText::parse(text, 1_000).unwrap()))])
}

/// Everything that `seat` gives up to `position`.
pub(super) async fn read_to(seat: &mut Seat, position: Position) -> Vec<Arc<Frame>> {
    let mut frames: Vec<Arc<Frame>> = Vec::new();
    while seat.position() < position {
        frames.extend(next(seat).await.unwrap());
    }
    frames
}

pub(super) async fn next(seat: &mut Seat) -> Result<Vec<Arc<Frame>>, SeatError> {
    tokio::time::timeout(PATIENCE, seat.next()).await.expect("the seat never gave anything")
}

/// What a frame says to somebody who may read names and words.
pub(super) fn said(frame: &Frame) -> serde_json::Value {
    serde_json::from_str(frame.payload(true).data.get()).unwrap()
}

/// The places in the session of the events that `frames` tell of; other messages are left out.
pub(super) fn indices(frames: &[Arc<Frame>]) -> Vec<u64> {
    frames.iter().filter_map(|frame| said(frame)["session_index"].as_u64()).collect()
}

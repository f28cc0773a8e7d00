//! A log and views in memory: as much of them as a relay uses.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use acta_application::log::contract::moment;
use acta_application::log::{
    Append, AppendError, AppendTicket, Appended, CommandDigest, CommandId, EventLog, FeedPage, FeedScope,
    LogError, Position, RecordedEvent, Sequence, SessionIndex, Snapshot, StreamId,
};
use acta_application::views::{RowKey, Unlike, ViewName, ViewQuery, ViewRow, Views, ViewsError};
use acta_domain::{SessionId, TenantId};
use acta_proof::commitment::{Commitment, Salt};
use async_trait::async_trait;
use sha2::{Digest, Sha256};
use tokio::sync::watch;
use uuid::Uuid;

/// A log that is written by tests.
pub(crate) struct MemoryLog {
    /// What the commitments are made of beside the position: another history has others.
    history: u8,
    events: Mutex<Vec<RecordedEvent>>,
    head: watch::Sender<Position>,
}

impl MemoryLog {
    pub(crate) fn of_history(history: u8) -> Self {
        Self { history, events: Mutex::default(), head: watch::Sender::new(Position::default()) }
    }

    /// Appends an event of `event_type` in session number `session`.
    pub(crate) fn append(&self, session: u8, event_type: &str) {
        let mut events = locked(&self.events);
        let session_id = SessionId::new(Uuid::from_u128(0x5e00_0000 + u128::from(session)));
        let before = events.iter().filter(|event| event.session_id == session_id).count() as u64;
        let position = Position::new(events.len() as u64 + 1);
        let commitment = Sha256::digest([&[self.history][..], &position.get().to_be_bytes()].concat());
        events.push(RecordedEvent {
            position,
            tenant_id: TenantId::new(Uuid::from_u128(0x7e00_0001)),
            session_id,
            session_index: SessionIndex::new(before),
            stream: StreamId::of_session("session", session_id),
            sequence: Sequence::new(before + 1),
            event_type: event_type.to_owned(),
            event_version: 1,
            payload: "{}".to_owned(),
            metadata: "{}".to_owned(),
            sealed: None,
            recorded_at: moment(0),
            salt: Salt([0; 32]),
            commitment: Commitment(commitment.into()),
        });
        self.head.send_replace(position);
    }

    pub(crate) fn events(&self) -> Vec<RecordedEvent> {
        locked(&self.events).clone()
    }

    /// The commitment before `event` in its session.
    pub(crate) fn before(&self, event: &RecordedEvent) -> Option<Commitment> {
        let index = event.session_index.get().checked_sub(1)?;
        let events = locked(&self.events);
        let before =
            |one: &&RecordedEvent| one.session_id == event.session_id && one.session_index.get() == index;
        events.iter().find(before).map(|one| one.commitment)
    }
}

#[async_trait]
impl EventLog for MemoryLog {
    async fn commitments(
        &self,
        _: TenantId,
        session: SessionId,
        from: SessionIndex,
        limit: usize,
    ) -> Result<Vec<Commitment>, LogError> {
        let events = locked(&self.events);
        let wanted = events.iter().filter(|event| event.session_id == session && event.session_index >= from);
        Ok(wanted.take(limit).map(|event| event.commitment).collect())
    }

    async fn feed(&self, _: FeedScope, after: Position, limit: usize) -> Result<FeedPage, LogError> {
        let skip = usize::try_from(after.get()).unwrap();
        let events: Vec<_> = locked(&self.events).iter().skip(skip).take(limit).cloned().collect();
        let reached = events.last().map_or(after, |event| event.position);
        Ok(FeedPage { events, reached })
    }

    fn head(&self) -> watch::Receiver<Position> {
        self.head.subscribe()
    }

    async fn submit(&self, _: Append) -> Result<AppendTicket, AppendError> {
        unimplemented!("a relay only reads")
    }

    async fn outcome(
        &self,
        _: TenantId,
        _: CommandId,
    ) -> Result<Option<(Appended, CommandDigest)>, LogError> {
        unimplemented!("a relay does not ask for that")
    }

    async fn stream(
        &self,
        _: TenantId,
        _: &StreamId,
        _: Sequence,
        _: usize,
    ) -> Result<Vec<RecordedEvent>, LogError> {
        unimplemented!("a relay does not ask for that")
    }

    async fn session(
        &self,
        _: TenantId,
        _: SessionId,
        _: SessionIndex,
        _: usize,
    ) -> Result<Vec<RecordedEvent>, LogError> {
        unimplemented!("a relay does not ask for that")
    }

    async fn session_size(&self, _: TenantId, _: SessionId) -> Result<u64, LogError> {
        unimplemented!("a relay does not ask for that")
    }

    async fn tenant_of(&self, _: SessionId) -> Result<Option<TenantId>, LogError> {
        unimplemented!("a relay does not ask for that")
    }

    async fn snapshot(&self, _: TenantId, _: &StreamId) -> Result<Option<Snapshot>, LogError> {
        unimplemented!("a relay does not ask for that")
    }

    async fn keep_snapshot(&self, _: TenantId, _: &StreamId, _: Snapshot) -> Result<(), LogError> {
        unimplemented!("a relay only reads")
    }
}

/// The views at one moment: positions, and rows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Kept {
    checkpoints: BTreeMap<String, Position>,
    rows: BTreeMap<(String, RowKey), ViewRow>,
}

/// Views that can be put back.
#[derive(Debug, Default)]
pub(crate) struct MemoryViews(Mutex<Kept>);

impl MemoryViews {
    pub(crate) fn kept(&self) -> Kept {
        locked(&self.0).clone()
    }

    pub(crate) fn put_back(&self, kept: Kept) {
        *locked(&self.0) = kept;
    }
}

#[async_trait]
impl Views for MemoryViews {
    async fn checkpoint(&self, view: &ViewName) -> Result<Position, ViewsError> {
        tokio::task::yield_now().await;
        Ok(locked(&self.0).checkpoints.get(view.as_str()).copied().unwrap_or_default())
    }

    async fn commit(
        &self,
        view: &ViewName,
        expected: Position,
        reached: Position,
        rows: Vec<ViewRow>,
    ) -> Result<(), ViewsError> {
        tokio::task::yield_now().await;
        let written = self.write(view, expected, reached, rows);
        tokio::task::yield_now().await;
        written
    }

    async fn scan(
        &self,
        view: &ViewName,
        after: Option<&RowKey>,
        limit: u32,
    ) -> Result<Vec<ViewRow>, ViewsError> {
        tokio::task::yield_now().await;
        let kept = locked(&self.0);
        let of_view = kept.rows.iter().filter(|((name, key), _)| name == view.as_str() && Some(key) > after);
        Ok(of_view.take(limit as usize).map(|(_, row)| row.clone()).collect())
    }

    async fn follow(&self, _: &ViewName) -> Result<watch::Receiver<Position>, ViewsError> {
        unimplemented!("a relay does not ask for that")
    }

    async fn rows(&self, _: &ViewName, _: &[RowKey]) -> Result<Vec<ViewRow>, ViewsError> {
        unimplemented!("a relay does not ask for that")
    }

    async fn query(&self, _: &ViewName, _: &ViewQuery) -> Result<Vec<ViewRow>, ViewsError> {
        unimplemented!("a relay does not ask for that")
    }

    async fn unlike(
        &self,
        _: &ViewName,
        _: &ViewName,
        _: Option<&RowKey>,
        _: u32,
    ) -> Result<Unlike, ViewsError> {
        unimplemented!("a relay does not ask for that")
    }

    async fn discard(&self, _: &ViewName) -> Result<(), ViewsError> {
        unimplemented!("a relay does not ask for that")
    }

    async fn replace(&self, _: &ViewName, _: &ViewName, _: Position) -> Result<(), ViewsError> {
        unimplemented!("a relay does not ask for that")
    }
}

impl MemoryViews {
    fn write(
        &self,
        view: &ViewName,
        expected: Position,
        reached: Position,
        rows: Vec<ViewRow>,
    ) -> Result<(), ViewsError> {
        let mut kept = locked(&self.0);
        let checkpoint = kept.checkpoints.entry(view.as_str().to_owned()).or_default();
        let actual = *checkpoint;
        if actual != expected {
            return Err(ViewsError::CheckpointMoved { view: view.clone(), expected, actual });
        }
        *checkpoint = reached;
        let named = |row: ViewRow| ((view.as_str().to_owned(), row.key.clone()), row);
        kept.rows.extend(rows.into_iter().map(named));
        Ok(())
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

//! Topics in memory, of a broker that can be told to fail: for tests.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{
    Acknowledged, Bounds, Found, Lane, Offset, Publication, TopicName, TopicRecord, Topics, TopicsError,
    partition_of,
};
use crate::log::Fault;

/// Most records that one answer to a read holds.
const PAGE: usize = 7;
/// Most records of one connection that are sent and not acknowledged.
const MOST_UNDER_WAY: usize = 16;

/// How soon a record that was sent is in its lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// With the call that sends it.
    AtOnce,
    /// One of a connection's records after the other, each after so long.
    OneAfterAnother(Duration),
}

/// What becomes of the records of a connection that are under way when it is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnderWay {
    /// So many of them arrive, and it is not told.
    Arrive(usize),
    /// So many of them arrive, but only after so long.
    ArriveLate(usize, Duration),
}

/// A broker in memory. Clones are the same broker.
#[derive(Clone)]
pub struct MemoryTopics {
    broker: Arc<Broker>,
}

struct Broker {
    partitions: u32,
    arrival: Arrival,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    topics: BTreeMap<TopicName, Vec<Stored>>,
    connections: Vec<Weak<Line>>,
    opened: usize,
    away: bool,
    /// Ends with the broker: what is late does not reach the next one.
    life: CancellationToken,
}

/// What one lane holds: offsets up from `first`.
#[derive(Default)]
struct Stored {
    first: u64,
    records: VecDeque<TopicRecord>,
}

/// What one connection has under way.
#[derive(Default)]
struct Line {
    over: CancellationToken,
    under_way: Mutex<VecDeque<(Lane, TopicRecord)>>,
    done: Mutex<Vec<Acknowledged>>,
    moved: Notify,
}

/// A connection.
struct Connection {
    broker: Arc<Broker>,
    line: Arc<Line>,
    topics: Vec<TopicName>,
}

impl MemoryTopics {
    /// A broker without topics, whose topics get so many `partitions`.
    pub fn new(partitions: u32, arrival: Arrival) -> Self {
        Self { broker: Arc::new(Broker { partitions, arrival, state: Mutex::default() }) }
    }

    /// Every lane of every topic.
    pub fn lanes(&self) -> Vec<Lane> {
        let state = self.broker.state();
        let lanes = state.topics.iter().flat_map(|(topic, lanes)| {
            (0..).zip(lanes).map(|(partition, _)| Lane { topic: topic.clone(), partition })
        });
        lanes.collect()
    }

    /// What `lane` holds, in order.
    pub fn records(&self, lane: &Lane) -> Vec<TopicRecord> {
        self.broker.state().stored(lane).records.iter().cloned().collect()
    }

    /// How many connections were made.
    pub fn opened(&self) -> usize {
        self.broker.state().opened
    }

    /// Loses every connection.
    pub fn disconnect(&self, under_way: UnderWay) {
        let lines: Vec<_> = std::mem::take(&mut self.broker.state().connections);
        for line in lines.iter().filter_map(Weak::upgrade) {
            self.broker.lose(&line, under_way);
        }
    }

    /// Forgets the newest records of each lane, so many of the first, of the second …, over and over, as if it had been killed
    /// and had come back. Every connection is lost, and so many of the records that were under way arrive after that, in lanes that
    /// lack what was before them.
    pub fn forget(&self, counts: &[usize], arriving: usize) {
        let lines: Vec<_> = {
            let mut state = self.broker.state();
            std::mem::replace(&mut state.life, CancellationToken::new()).cancel();
            let lanes = state.topics.values_mut().flatten();
            for (stored, count) in lanes.zip(counts.iter().cycle()) {
                let rest = stored.records.len().saturating_sub(*count);
                stored.records.truncate(rest);
            }
            std::mem::take(&mut state.connections)
        };
        for line in lines.iter().filter_map(Weak::upgrade) {
            self.broker.lose(&line, UnderWay::Arrive(arriving));
        }
    }

    /// Forgets the newest records of `lane`, and no connection notices.
    pub fn forget_silently(&self, lane: &Lane, count: usize) {
        let mut state = self.broker.state();
        let records = &mut state.stored(lane).records;
        records.truncate(records.len().saturating_sub(count));
    }

    /// Removes the oldest records of `lane`, as their time is over.
    pub fn expire(&self, lane: &Lane, count: usize) {
        let mut state = self.broker.state();
        let stored = state.stored(lane);
        let count = count.min(stored.records.len());
        stored.records.drain(..count);
        stored.first += count as u64;
    }

    /// Is away, or here again. Going away loses every connection and what they have under way.
    pub fn set_away(&self, away: bool) {
        self.broker.state().away = away;
        if away {
            self.disconnect(UnderWay::Arrive(0));
        }
    }

    /// Gives every topic more partitions, up to so many.
    pub fn add_partitions(&self, partitions: u32) {
        for lanes in self.broker.state().topics.values_mut() {
            lanes.resize_with(partitions as usize, Stored::default);
        }
    }
}

impl State {
    fn stored(&mut self, lane: &Lane) -> &mut Stored {
        let lanes = self.topics.get_mut(&lane.topic).expect("only topics that were opened are asked for");
        &mut lanes[lane.partition as usize]
    }

    fn store(&mut self, lane: Lane, record: TopicRecord) -> Acknowledged {
        let position = record.position;
        let stored = self.stored(&lane);
        let offset = Offset(stored.next());
        stored.records.push_back(record);
        Acknowledged { lane, offset, position }
    }
}

impl Stored {
    fn next(&self) -> u64 {
        self.first + self.records.len() as u64
    }

    fn bounds(&self) -> Bounds {
        Bounds { first: Offset(self.first), next: Offset(self.next()) }
    }

    fn read(&self, lane: &Lane, from: Offset) -> Result<Vec<Found>, TopicsError> {
        let skip = from.0.saturating_sub(self.first);
        let numbered = (self.first..).zip(&self.records).skip(usize::try_from(skip).unwrap_or(usize::MAX));
        numbered.take(PAGE).map(|(offset, record)| found(lane, offset, record)).collect()
    }
}

fn found(lane: &Lane, offset: u64, record: &TopicRecord) -> Result<Found, TopicsError> {
    let headers = record.headers.iter().map(|(name, value)| (*name, value.as_bytes()));
    Found::from_headers(lane, Offset(offset), headers)
}

impl Broker {
    fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.state)
    }

    /// The oldest record that is under way arrives.
    fn arrive(&self, line: &Line) {
        let mut state = self.state();
        let Some((to, record)) = locked(&line.under_way).pop_front() else { return };
        if !line.over.is_cancelled() {
            let done = state.store(to, record);
            locked(&line.done).push(done);
            line.moved.notify_waiters();
        }
    }

    /// Lands what comes on `line`, one after the other.
    async fn carry(self: Arc<Self>, line: Arc<Line>, pace: Duration) {
        while line.over.run_until_cancelled(tokio::time::sleep(pace)).await.is_some() {
            self.arrive(&line);
        }
    }

    /// The connection `line` is lost; what was not sent by then never is.
    fn lose(self: &Arc<Self>, line: &Line, under_way: UnderWay) {
        line.over.cancel();
        let mut records = std::mem::take(&mut *locked(&line.under_way));
        match under_way {
            UnderWay::Arrive(count) => {
                records.truncate(count);
                self.take_in(records);
            }
            UnderWay::ArriveLate(count, delay) => {
                records.truncate(count);
                let (broker, ends) = (Arc::clone(self), self.state().life.clone());
                tokio::spawn(async move {
                    if ends.run_until_cancelled(tokio::time::sleep(delay)).await.is_some() {
                        broker.take_in(records);
                    }
                });
            }
        }
    }

    fn take_in(&self, records: VecDeque<(Lane, TopicRecord)>) {
        let mut state = self.state();
        for (lane, record) in records {
            state.store(lane, record);
        }
    }
}

#[async_trait]
impl Topics for MemoryTopics {
    async fn open(&self, topics: &[TopicName]) -> Result<Box<dyn Publication>, TopicsError> {
        let line = Arc::new(Line::default());
        {
            let mut state = self.broker.state();
            if state.away {
                return Err(lost());
            }
            for topic in topics {
                let empty = || (0..self.broker.partitions).map(|_| Stored::default()).collect();
                state.topics.entry(topic.clone()).or_insert_with(empty);
            }
            state.opened += 1;
            state.connections.push(Arc::downgrade(&line));
        }
        if let Arrival::OneAfterAnother(pace) = self.broker.arrival {
            tokio::spawn(Arc::clone(&self.broker).carry(Arc::clone(&line), pace));
        }
        Ok(Box::new(Connection { broker: Arc::clone(&self.broker), line, topics: topics.to_vec() }))
    }
}

impl Connection {
    fn check(&self) -> Result<(), TopicsError> {
        if self.line.over.is_cancelled() { Err(lost()) } else { Ok(()) }
    }

    async fn room(&self) -> Result<(), TopicsError> {
        loop {
            let moved = self.line.moved.notified();
            self.check()?;
            if locked(&self.line.under_way).len() < MOST_UNDER_WAY {
                return Ok(());
            }
            self.line.over.run_until_cancelled(moved).await;
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.line.over.cancel();
    }
}

#[async_trait]
impl Publication for Connection {
    fn lanes(&self) -> Vec<Lane> {
        let state = self.broker.state();
        let lanes = self.topics.iter().flat_map(|topic| {
            (0..).zip(&state.topics[topic]).map(|(partition, _)| Lane { topic: topic.clone(), partition })
        });
        lanes.collect()
    }

    fn lane(&self, topic: &TopicName, key: &str) -> Option<Lane> {
        let topic = self.topics.iter().find(|opened| *opened == topic)?;
        let partitions = u32::try_from(self.broker.state().topics[topic].len()).ok()?;
        Some(Lane { topic: topic.clone(), partition: partition_of(key.as_bytes(), partitions) })
    }

    async fn bounds(&self, lanes: &[Lane]) -> Result<Vec<Bounds>, TopicsError> {
        self.check()?;
        let mut state = self.broker.state();
        Ok(lanes.iter().map(|lane| state.stored(lane).bounds()).collect())
    }

    async fn read(&self, lane: &Lane, from: Offset) -> Result<Vec<Found>, TopicsError> {
        // Another may do something between two reads.
        tokio::task::yield_now().await;
        self.check()?;
        self.broker.state().stored(lane).read(lane, from)
    }

    async fn publish(&self, lane: &Lane, record: TopicRecord) -> Result<(), TopicsError> {
        self.room().await?;
        locked(&self.line.under_way).push_back((lane.clone(), record));
        if self.broker.arrival == Arrival::AtOnce {
            self.broker.arrive(&self.line);
        }
        Ok(())
    }

    async fn acknowledged(&self) -> Result<Vec<Acknowledged>, TopicsError> {
        loop {
            let moved = self.line.moved.notified();
            self.check()?;
            let done = std::mem::take(&mut *locked(&self.line.done));
            if !done.is_empty() {
                return Ok(done);
            }
            self.line.over.run_until_cancelled(moved).await;
        }
    }
}

fn lost() -> TopicsError {
    let fault: Fault = Arc::new(std::io::Error::from(std::io::ErrorKind::ConnectionReset));
    TopicsError::Unavailable(fault)
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

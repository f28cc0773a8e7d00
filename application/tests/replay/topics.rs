//! Topics in memory, on a broker that can be away.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

use acta_application::log::Position;
use acta_application::relay::{
    Acknowledged, Bounds, Found, Lane, Offset, Publication, TopicName, TopicRecord, Topics, TopicsError,
};
use async_trait::async_trait;
use tokio::sync::Notify;

/// What the broker does with the next records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    /// It takes and acknowledges every one.
    Well,
    /// It acknowledges so many more and then the connection is lost, with what is under way; the next connection finds it well.
    Away { after: usize },
    /// It takes them and says nothing.
    Silent,
    /// Nobody can connect.
    Down,
}

#[derive(Default)]
struct State {
    records: Vec<(Lane, TopicRecord)>,
    opened: Vec<Vec<TopicName>>,
    mood: Option<Mood>,
}

/// A broker.
#[derive(Clone, Default)]
pub(crate) struct Broker(Arc<Mutex<State>>);

impl Broker {
    pub(crate) fn in_mood(mood: Mood) -> Self {
        let broker = Self::default();
        broker.state().mood = Some(mood);
        broker
    }

    /// Everything that it took, in order.
    pub(crate) fn records(&self) -> Vec<(Lane, TopicRecord)> {
        self.state().records.clone()
    }

    /// The positions of what it took, in order.
    pub(crate) fn positions(&self) -> Vec<u64> {
        self.state().records.iter().map(|(_, record)| record.position.get()).collect()
    }

    /// The topics of each connection.
    pub(crate) fn opened(&self) -> Vec<Vec<TopicName>> {
        self.state().opened.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

fn gone() -> TopicsError {
    TopicsError::Unavailable(Arc::new(std::io::Error::from(std::io::ErrorKind::ConnectionReset)))
}

#[async_trait]
impl Topics for Broker {
    async fn open(&self, topics: &[TopicName]) -> Result<Box<dyn Publication>, TopicsError> {
        if self.state().mood == Some(Mood::Down) {
            return Err(gone());
        }
        self.state().opened.push(topics.to_vec());
        let (topics, answers) = (topics.to_vec(), Mutex::default());
        Ok(Box::new(Connection { broker: self.clone(), topics, answers, told: Notify::new() }))
    }
}

struct Connection {
    broker: Broker,
    topics: Vec<TopicName>,
    /// [`None`] when the connection is lost.
    answers: Mutex<VecDeque<Option<Acknowledged>>>,
    told: Notify,
}

impl Connection {
    fn answer(&self, answer: Option<Acknowledged>) {
        self.answers.lock().unwrap().push_back(answer);
        self.told.notify_one();
    }
}

#[async_trait]
impl Publication for Connection {
    fn lanes(&self) -> Vec<Lane> {
        self.topics.iter().map(|topic| Lane { topic: topic.clone(), partition: 0 }).collect()
    }

    fn lane(&self, topic: &TopicName, _key: &str) -> Option<Lane> {
        self.lanes().into_iter().find(|lane| lane.topic == *topic)
    }

    async fn bounds(&self, _lanes: &[Lane]) -> Result<Vec<Bounds>, TopicsError> {
        unreachable!("a replay does not ask what is there")
    }

    async fn read(&self, _lane: &Lane, _from: Offset) -> Result<Vec<Found>, TopicsError> {
        unreachable!("a replay does not read")
    }

    async fn publish(&self, lane: &Lane, record: TopicRecord) -> Result<(), TopicsError> {
        let mut state = self.broker.state();
        let position = record.position;
        let acknowledged = |offset| Acknowledged { lane: lane.clone(), offset, position };
        state.records.push((lane.clone(), record));
        let offset = Offset(state.records.len() as u64);
        match state.mood {
            None | Some(Mood::Well) => self.answer(Some(acknowledged(offset))),
            Some(Mood::Silent | Mood::Down) => {}
            Some(Mood::Away { after: 0 }) => {
                state.mood = Some(Mood::Well);
                self.answer(None);
            }
            Some(Mood::Away { after }) => {
                state.mood = Some(Mood::Away { after: after - 1 });
                self.answer(Some(acknowledged(offset)));
            }
        }
        Ok(())
    }

    async fn acknowledged(&self) -> Result<Vec<Acknowledged>, TopicsError> {
        loop {
            let answer = self.answers.lock().unwrap().pop_front();
            match answer {
                Some(Some(acknowledged)) => return Ok(vec![acknowledged]),
                Some(None) => return Err(gone()),
                None => self.told.notified().await,
            }
        }
    }
}

/// The number of a position.
pub(crate) fn position(number: u64) -> Position {
    Position::new(number)
}

//! The port.

use std::fmt;

use async_trait::async_trait;

use super::{RecordId, TopicName, TopicRecord};
use crate::log::{Fault, Position};

/// One partition of a topic: where a broker keeps order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lane {
    /// The topic.
    pub topic: TopicName,
    /// Which of its partitions, from 0.
    pub partition: u32,
}

impl fmt::Display for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.topic, self.partition)
    }
}

/// Place of a record in a lane: it only grows, and may have gaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Offset(pub u64);

/// What a lane holds: the offsets from `first` to before `next`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// The oldest record that is still there, or `next` in an empty lane.
    pub first: Offset,
    /// Where the next record will stand.
    pub next: Offset,
}

/// What a record that is in a lane says of its place in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where it stands in the lane.
    pub offset: Offset,
    /// Where its event stands in the log.
    pub position: Position,
    /// The position of the record that the relay sent into the lane before it; [`None`] for the first.
    pub previous: Option<Position>,
    /// Which event it is.
    pub id: RecordId,
    /// Whether it was published once more on request, and not by the relay.
    pub replayed: bool,
}

/// A record that the broker has taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledged {
    /// Where it is.
    pub lane: Lane,
    /// Where it stands there.
    pub offset: Offset,
    /// Where its event stands in the log.
    pub position: Position,
}

/// Topics could not be read or written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum TopicsError {
    /// The broker does not answer, or not in time, or the connection to it was lost. What was sent and not acknowledged may be
    /// there or not.
    #[error("the broker is not available")]
    Unavailable(#[source] Fault),
    /// The broker refuses, and will until somebody changes something: rights, a topic's settings, a record that is too large.
    #[error("the broker refuses {what}")]
    Refused {
        /// What it refuses.
        what: String,
        /// Why.
        #[source]
        source: Fault,
    },
    /// A record in a topic of the relay's was not written by a relay.
    #[error("the record at {lane}, offset {offset}, is not the relay's: {what}", offset = offset.0)]
    Foreign {
        /// Where it is.
        lane: Lane,
        /// Where it stands there.
        offset: Offset,
        /// What it lacks.
        what: String,
    },
}

/// A broker's topics.
#[async_trait]
pub trait Topics: Send + Sync + 'static {
    /// Connects, and makes those of `topics` that do not exist. Bounded in time.
    ///
    /// # Errors
    /// See [`TopicsError`].
    async fn open(&self, topics: &[TopicName]) -> Result<Box<dyn Publication>, TopicsError>;
}

/// One connection to a broker, from which nothing was sent before.
///
/// It is over at the first sign that the broker may have been away: it sends nothing any more, and every method fails. Whoever drops
/// it has recalled what was not sent yet. So nothing reaches a broker that may have forgotten what came before.
#[async_trait]
pub trait Publication: Send + Sync {
    /// Every partition of every topic that was opened.
    fn lanes(&self) -> Vec<Lane>;

    /// The lane of `topic` for records with the key `key`, by the hash that Kafka's own clients use (murmur2).
    /// [`None`] for a topic that was not opened.
    fn lane(&self, topic: &TopicName, key: &str) -> Option<Lane>;

    /// What `lanes` hold now, one answer each.
    ///
    /// # Errors
    /// See [`TopicsError`].
    async fn bounds(&self, lanes: &[Lane]) -> Result<Vec<Bounds>, TopicsError>;

    /// Some records of `lane` from the offset `from` on, in order; none only when `from` is the end or beyond. `from` may have been
    /// expired: then from the oldest on.
    ///
    /// # Errors
    /// See [`TopicsError`].
    async fn read(&self, lane: &Lane, from: Offset) -> Result<Vec<Found>, TopicsError>;

    /// Sends `record` into `lane`, behind everything that was sent into it before. Waits while too much is unacknowledged.
    ///
    /// # Errors
    /// See [`TopicsError`].
    async fn publish(&self, lane: &Lane, record: TopicRecord) -> Result<(), TopicsError>;

    /// Waits for acknowledgements, and gives those that are there: in a lane in its order. Cancellation-safe.
    ///
    /// # Errors
    /// See [`TopicsError`]; also when nothing is under way and the connection is lost.
    async fn acknowledged(&self) -> Result<Vec<Acknowledged>, TopicsError>;
}

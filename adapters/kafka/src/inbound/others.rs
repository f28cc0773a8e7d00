//! What else there is to be handled, for messages after which others would come too late, and before a message is given up.
//!
//! Topics have no order among each other. A message that [comes last](GovernanceType::comes_last) therefore waits until what the
//! other topics held when it was read was handled: at this instance, or at whichever has that partition. It does not wait for keys
//! that cannot go on at present, unless it has the same key itself. A message whose time has not come waits in the same way before
//! it is given up, but for no such key: two could wait for each other.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use acta_application::inbound::{GovernanceType, InboundMessage};
use acta_application::relay::{Lane, TopicName};
use rdkafka::TopicPartitionList;
use rdkafka::consumer::Consumer as _;
use rdkafka::error::KafkaError;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::desk::Desk;
use super::reader::Client;
use crate::client::REQUEST_TIMEOUT;

/// How old an answer about what was committed may be.
const FRESH: Duration = Duration::from_millis(200);

/// What a partition held at one time.
#[derive(Debug, Clone)]
struct Extent {
    lane: Lane,
    first: i64,
    end: i64,
}

impl Extent {
    /// How much of it is not handled, at this instance or, as far as it has `committed`, at another; never 0.
    fn left(&self, desk: &Desk, committed: Option<&i64>) -> usize {
        let begun = committed.map_or(self.first, |place| self.first.max(*place));
        let elsewhere = || usize::try_from(self.end - begun).unwrap_or(0);
        desk.left(&self.lane, self.end).unwrap_or_else(elsewhere).max(1)
    }
}

/// Whether a message cuts off what comes after it.
pub(super) fn comes_last(message: &InboundMessage) -> bool {
    message.event_type.parse().is_ok_and(GovernanceType::comes_last)
}

/// What must be handled before a message.
#[derive(Debug)]
pub(super) struct Before {
    extents: Vec<Extent>,
    /// The message comes last: of its own key, what cannot go on at present must be handled too.
    comes_last: bool,
    key: Option<Vec<u8>>,
}

/// Asks the broker about all the topics that are read.
pub(super) struct Others {
    client: Arc<Client>,
    topics: Arc<[TopicName]>,
    extents: Shared<Vec<Extent>>,
    committed: Shared<HashMap<Lane, i64>>,
}

impl Others {
    pub(super) fn new(client: Arc<Client>, topics: &[TopicName]) -> Self {
        Self { client, topics: topics.into(), extents: Shared::default(), committed: Shared::default() }
    }

    /// What the other topics hold now, as what is to be handled before `message`.
    pub(super) async fn before(&self, message: &InboundMessage) -> Result<Before, KafkaError> {
        let extents = self.extents.since(Instant::now(), || self.look()).await?;
        let others = extents.iter().filter(|extent| extent.lane.topic.as_str() != message.topic);
        Ok(Before {
            extents: others.filter(|extent| extent.first < extent.end).cloned().collect(),
            comes_last: comes_last(message),
            key: message.key.clone(),
        })
    }

    /// How many of the messages `before` are not handled yet, about; 0 if all are, as far as they can be at present.
    pub(super) async fn left(&self, desk: &Desk, before: &mut Before) -> Result<usize, KafkaError> {
        let Before { extents, comes_last, key } = before;
        let must_be_done = |other: Option<&[u8]>| *comes_last && other == key.as_deref();
        extents.retain(|extent| !desk.is_through(&extent.lane, extent.end, must_be_done));
        if extents.is_empty() {
            return Ok(0);
        }
        let lately = Instant::now().checked_sub(FRESH).unwrap_or_else(Instant::now);
        let committed = self.committed.since(lately, || self.look_at_committed()).await?;
        extents.retain(|extent| committed.get(&extent.lane).is_none_or(|place| *place < extent.end));
        Ok(extents.iter().map(|extent| extent.left(desk, committed.get(&extent.lane))).sum())
    }

    async fn look(&self) -> Result<Vec<Extent>, KafkaError> {
        let (client, topics) = (Arc::clone(&self.client), Arc::clone(&self.topics));
        blocking(move || lanes(&client, &topics)?.into_iter().map(|lane| extent(&client, lane)).collect())
            .await
    }

    async fn look_at_committed(&self) -> Result<HashMap<Lane, i64>, KafkaError> {
        let (client, topics) = (Arc::clone(&self.client), Arc::clone(&self.topics));
        blocking(move || committed(&client, &lanes(&client, &topics)?)).await
    }
}

async fn blocking<T: Send + 'static>(
    ask: impl FnOnce() -> Result<T, KafkaError> + Send + 'static,
) -> Result<T, KafkaError> {
    tokio::task::spawn_blocking(ask).await.unwrap_or(Err(KafkaError::Canceled))
}

fn lanes(client: &Client, topics: &[TopicName]) -> Result<Vec<Lane>, KafkaError> {
    let mut lanes = Vec::new();
    for topic in topics {
        let metadata = client.fetch_metadata(Some(topic.as_str()), REQUEST_TIMEOUT)?;
        let found = metadata.topics().iter().find(|found| found.name() == topic.as_str());
        let partitions = found.map_or(&[][..], |found| found.partitions());
        let numbers = partitions.iter().filter_map(|partition| u32::try_from(partition.id()).ok());
        lanes.extend(numbers.map(|partition| Lane { topic: topic.clone(), partition }));
    }
    Ok(lanes)
}

fn extent(client: &Client, lane: Lane) -> Result<Extent, KafkaError> {
    let (first, end) = client.fetch_watermarks(lane.topic.as_str(), number(&lane), REQUEST_TIMEOUT)?;
    Ok(Extent { lane, first, end })
}

fn committed(client: &Client, lanes: &[Lane]) -> Result<HashMap<Lane, i64>, KafkaError> {
    let mut list = TopicPartitionList::with_capacity(lanes.len());
    for lane in lanes {
        list.add_partition(lane.topic.as_str(), number(lane));
    }
    let answered = client.committed_offsets(list, REQUEST_TIMEOUT)?;
    let place = |lane: &Lane| answered.find_partition(lane.topic.as_str(), number(lane))?.offset().to_raw();
    Ok(lanes.iter().filter_map(|lane| Some((lane.clone(), place(lane)?))).collect())
}

fn number(lane: &Lane) -> i32 {
    i32::try_from(lane.partition).expect("Kafka numbers partitions with 31 bits")
}

/// An answer that everybody may use who asked no later than it was asked for.
struct Shared<T>(Mutex<Option<(Instant, Arc<T>)>>);

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Shared<T> {
    /// The answer to a question that was asked at `at` or later.
    async fn since<A>(&self, at: Instant, ask: impl FnOnce() -> A) -> Result<Arc<T>, KafkaError>
    where
        A: Future<Output = Result<T, KafkaError>>,
    {
        let mut last = self.0.lock().await;
        if let Some((asked, answer)) = &*last
            && *asked >= at
        {
            return Ok(Arc::clone(answer));
        }
        let asked = Instant::now();
        let answer = Arc::new(ask().await?);
        *last = Some((asked, Arc::clone(&answer)));
        Ok(answer)
    }
}

//! The broker that everything here is measured with.

use std::collections::BTreeMap;
use std::time::Duration;

use acta_kafka::KafkaOptions;
use acta_throwaway::{Broker, EXISTING_BROKER, Memory, fresh_prefix};
use anyhow::Context as _;
use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};

/// How long a request to the broker may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// Of the topics that are made.
pub(super) const PARTITIONS: u32 = 3;

/// A broker, and the topics on it that nobody else uses.
pub(super) struct Site {
    /// [`None`] when it is somebody else's, which is not ours to stop.
    broker: Option<Broker>,
    brokers: String,
    prefix: String,
}

/// How much the broker is given.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sizes {
    /// Appends a second, where the broker has no room for half of what is possible.
    pub(super) pace: Option<f64>,
    /// What the relay has to catch up with, at least.
    pub(super) backlog: u64,
}

/// Where a partition begins, and what comes next in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub(super) partition: i32,
    pub(super) first: i64,
    pub(super) next: i64,
}

impl Site {
    /// The broker that the environment names; else one of our own, which keeps what it acknowledged where there is such a one.
    pub(super) async fn start() -> anyhow::Result<Self> {
        let prefix = fresh_prefix();
        if let Some(brokers) = std::env::var(EXISTING_BROKER).ok().filter(|named| !named.is_empty()) {
            return Ok(Self { broker: None, brokers, prefix });
        }
        let broker = match Broker::durable().await? {
            Some(durable) => durable,
            None => Broker::start(Memory::Forgetful).await.context("there is no broker to measure with")?,
        };
        Ok(Self { brokers: broker.bootstrap(), broker: Some(broker), prefix })
    }

    pub(super) fn description(&self) -> &'static str {
        match self.memory() {
            None => "a broker that was there",
            Some(Memory::Durable) => "a broker that keeps its records",
            Some(Memory::Forgetful) => "a broker that keeps its records in memory, and little load therefore",
        }
    }

    pub(super) fn sizes(&self) -> Sizes {
        match self.memory() {
            Some(Memory::Forgetful) => Sizes { pace: Some(100.0), backlog: 2_000 },
            Some(Memory::Durable) | None => Sizes { pace: None, backlog: 100_000 },
        }
    }

    fn memory(&self) -> Option<Memory> {
        self.broker.as_ref().map(Broker::memory)
    }

    /// The broker, if it is ours.
    pub(super) fn own(&self) -> Option<&Broker> {
        self.broker.as_ref()
    }

    /// What the service is told of it.
    pub(super) fn settings(&self) -> [(&'static str, String); 5] {
        [
            ("KAFKA_BROKERS", self.brokers.clone()),
            ("KAFKA_TOPIC_PREFIX", self.prefix.clone()),
            ("KAFKA_LAYOUT", "by-type".to_owned()),
            ("KAFKA_PARTITIONS", PARTITIONS.to_string()),
            ("KAFKA_INBOUND", "false".to_owned()),
        ]
    }

    /// The topic of what is appended here.
    pub(super) fn chunks(&self) -> String {
        self.topic("transcript.chunk.v1")
    }

    /// The topic `name` of ours.
    pub(super) fn topic(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// As the service connects.
    pub(super) fn options(&self) -> anyhow::Result<KafkaOptions> {
        Ok(KafkaOptions::new(&self.brokers, BTreeMap::new())?.with_partitions(PARTITIONS))
    }

    /// A consumer of no partition yet, as one has it who changes nothing but where the broker is.
    pub(super) fn consumer(&self) -> anyhow::Result<BaseConsumer> {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", &self.brokers).set("group.id", self.topic("bench"));
        Ok(config.set("enable.auto.commit", "false").create()?)
    }

    /// How many partitions `topic` has.
    pub(super) fn partitions(&self, topic: &str) -> anyhow::Result<usize> {
        Ok(partitions(&self.consumer()?, topic)?.len())
    }
}

/// What every partition of `topic` holds now.
pub(super) fn bounds(consumer: &BaseConsumer, topic: &str) -> anyhow::Result<Vec<Bounds>> {
    let bounds = |partition| {
        let (first, next) = consumer.fetch_watermarks(topic, partition, PATIENCE)?;
        Ok(Bounds { partition, first, next })
    };
    partitions(consumer, topic)?.into_iter().map(bounds).collect()
}

/// Has `consumer` read each partition of `topic` from the offset beside it.
pub(super) fn assign(
    consumer: &BaseConsumer,
    topic: &str,
    from: impl IntoIterator<Item = (i32, i64)>,
) -> anyhow::Result<()> {
    let mut assignment = TopicPartitionList::new();
    for (partition, offset) in from {
        assignment.add_partition_offset(topic, partition, Offset::Offset(offset))?;
    }
    Ok(consumer.assign(&assignment)?)
}

fn partitions(consumer: &BaseConsumer, topic: &str) -> anyhow::Result<Vec<i32>> {
    let metadata = consumer.fetch_metadata(Some(topic), PATIENCE)?;
    let topic = metadata.topics().first().context("the broker tells of no topic")?;
    Ok(topic.partitions().iter().map(rdkafka::metadata::MetadataPartition::id).collect())
}

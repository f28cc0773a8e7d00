//! One connection to a broker.

use std::sync::Arc;

use acta_application::relay::{
    Acknowledged, Bounds, Found, Lane, Offset, Publication, TopicName, TopicRecord, TopicsError, partition_of,
};
use async_trait::async_trait;
use tokio::sync::Semaphore;

use super::partitions::Partitions;
use super::read::Readers;
use super::sender::Sender;
use super::{bounds, fault};
use crate::client::KafkaOptions;

/// How many lanes are read at the same time at most.
const READERS: usize = 8;

/// A producer, and consumers that read what is there.
pub(super) struct KafkaPublication {
    sender: Sender,
    partitions: Partitions,
    readers: Arc<Readers>,
    reading: Semaphore,
}

impl KafkaPublication {
    pub(super) fn new(options: KafkaOptions, sender: Sender, partitions: Partitions) -> Self {
        let readers = Arc::new(Readers::new(options, sender.link().clone()));
        Self { sender, partitions, readers, reading: Semaphore::new(READERS) }
    }

    async fn page(&self, lane: &Lane, from: Offset) -> Result<Vec<Found>, TopicsError> {
        let _turn = self.reading.acquire().await.expect("it is never closed");
        let (readers, lane) = (self.readers.clone(), lane.clone());
        let read = tokio::task::spawn_blocking(move || readers.read(&lane, from)).await;
        read.map_err(|panicked| fault::refused("its records to be read", panicked))?
    }
}

#[async_trait]
impl Publication for KafkaPublication {
    fn lanes(&self) -> Vec<Lane> {
        let lanes = |(topic, partitions): (&TopicName, &u32)| {
            let topic = topic.clone();
            (0..*partitions).map(move |partition| Lane { topic: topic.clone(), partition })
        };
        self.partitions.iter().flat_map(lanes).collect()
    }

    fn lane(&self, topic: &TopicName, key: &str) -> Option<Lane> {
        let partitions = *self.partitions.get(topic)?;
        Some(Lane { topic: topic.clone(), partition: partition_of(key.as_bytes(), partitions) })
    }

    async fn bounds(&self, lanes: &[Lane]) -> Result<Vec<Bounds>, TopicsError> {
        self.sender.link().unless_over(bounds::of(&self.sender, lanes)).await
    }

    async fn read(&self, lane: &Lane, from: Offset) -> Result<Vec<Found>, TopicsError> {
        self.sender.link().unless_over(self.page(lane, from)).await
    }

    async fn publish(&self, lane: &Lane, record: TopicRecord) -> Result<(), TopicsError> {
        self.sender.send(lane, record).await
    }

    async fn acknowledged(&self) -> Result<Vec<Acknowledged>, TopicsError> {
        self.sender.acknowledged().await
    }
}

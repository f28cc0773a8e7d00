//! Makes the topics that do not exist.

use std::collections::BTreeSet;
use std::sync::Arc;

use acta_application::relay::{TopicName, TopicsError};
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::KafkaError;

use super::logs::Logs;
use crate::client::{KafkaOptions, REQUEST_TIMEOUT};
use crate::topics::create_topics;

/// Makes those of `topics` that do not exist. Where all do, the right to make topics is not needed.
pub(super) async fn make_missing(options: &KafkaOptions, topics: &[TopicName]) -> Result<(), TopicsError> {
    let there = there(options.clone()).await.map_err(|error| TopicsError::Unavailable(Arc::new(error)))?;
    let missing: Vec<TopicName> =
        topics.iter().filter(|topic| !there.contains(topic.as_str())).cloned().collect();
    if missing.is_empty() { Ok(()) } else { create_topics(options, &missing).await }
}

async fn there(options: KafkaOptions) -> Result<BTreeSet<String>, KafkaError> {
    let asked = tokio::task::spawn_blocking(move || {
        let client: BaseConsumer<Logs> = options.base_config().create_with_context(Logs)?;
        let metadata = client.fetch_metadata(None, REQUEST_TIMEOUT)?;
        Ok(metadata
            .topics()
            .iter()
            .filter(|topic| topic.error().is_none())
            .map(|topic| topic.name().to_owned())
            .collect())
    });
    asked.await.unwrap_or(Err(KafkaError::Canceled))
}

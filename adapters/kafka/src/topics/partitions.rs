//! The partitions of the topics, which are made where they are missing.

use std::collections::BTreeMap;
use std::time::Duration;

use acta_application::relay::{TopicName, TopicsError};
use rdkafka::metadata::{Metadata, MetadataTopic};
use rdkafka::producer::Producer as _;

use super::create::create_topics;
use super::fault::{self, Silence};
use super::sender::Sender;
use crate::client::{KafkaOptions, REQUEST_TIMEOUT};

/// How long until it is looked again whether new topics are everywhere.
const LOOKING_AGAIN: Duration = Duration::from_millis(50);

/// How many partitions each topic has.
pub(super) type Partitions = BTreeMap<TopicName, u32>;

/// The partitions of `topics`, as soon as each has a leader. Topics that do not exist are made.
pub(super) async fn present(
    options: &KafkaOptions,
    sender: &Sender,
    topics: &[TopicName],
) -> Result<Partitions, TopicsError> {
    let missing = missing(&look(sender).await?, topics);
    if !missing.is_empty() {
        create_topics(options, &missing).await?;
    }
    loop {
        if let Some(partitions) = all(&look(sender).await?, topics) {
            return Ok(partitions);
        }
        tokio::time::sleep(LOOKING_AGAIN).await;
    }
}

/// Everything that the broker has: asking for a topic by its name would make it, with the broker's settings.
async fn look(sender: &Sender) -> Result<Metadata, TopicsError> {
    let producer = sender.producer();
    let look = move || producer.client().fetch_metadata(None, REQUEST_TIMEOUT);
    let looked = tokio::task::spawn_blocking(look).await.map_err(fault::unavailable)?;
    looked.map_err(|error| silent_or(sender, fault::of("to say what topics it has", error)))
}

/// librdkafka says only that it got no answer; why, it said of the connection.
fn silent_or(sender: &Sender, error: TopicsError) -> TopicsError {
    match error {
        TopicsError::Unavailable(_) => {
            fault::unavailable(Silence { within: REQUEST_TIMEOUT, last_words: sender.link().last_words() })
        }
        other => other,
    }
}

fn missing(metadata: &Metadata, topics: &[TopicName]) -> Vec<TopicName> {
    topics.iter().filter(|topic| find(metadata, topic).is_none()).cloned().collect()
}

fn all(metadata: &Metadata, topics: &[TopicName]) -> Option<Partitions> {
    topics.iter().map(|topic| Some((topic.clone(), led(find(metadata, topic)?)?))).collect()
}

fn find<'a>(metadata: &'a Metadata, topic: &TopicName) -> Option<&'a MetadataTopic> {
    metadata.topics().iter().find(|found| found.name() == topic.as_str())
}

/// How many partitions it has, when each has a leader.
fn led(topic: &MetadataTopic) -> Option<u32> {
    let partitions = topic.partitions();
    let are_led = partitions.iter().all(|partition| partition.leader() >= 0);
    let count = u32::try_from(partitions.len()).ok()?;
    (topic.error().is_none() && are_led && count > 0).then_some(count)
}

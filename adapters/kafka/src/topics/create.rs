//! Makes topics.

use acta_application::relay::{TopicName, TopicsError};
use rdkafka::ClientContext;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication, TopicResult};
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{BaseProducer, Producer as _};

use super::fault;
use crate::client::{KafkaOptions, REQUEST_TIMEOUT};

/// Whoever makes topics is not worth a word in the log.
struct Quiet;

impl ClientContext for Quiet {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        tracing::debug!(target: "librdkafka", ?level, facility, "{message}");
    }

    fn error(&self, error: KafkaError, reason: &str) {
        tracing::debug!(target: "librdkafka", %error, "{reason}");
    }
}

/// What says to a broker that a topic is to be kept on as many brokers as is usual there (KIP-464).
const USUAL: i32 = -1;
/// On how many brokers a topic is kept where nothing is usual.
const REPLICAS: usize = 3;

/// Makes `topics`, which keep their records for ever. Those that are there already stay as they are. A broker to which no number of
/// replicas is usual gets as many as there are brokers, three at most.
///
/// # Errors
/// See [`TopicsError`].
pub async fn create_topics(options: &KafkaOptions, topics: &[TopicName]) -> Result<(), TopicsError> {
    let admin: AdminClient<Quiet> = options
        .base_config()
        .create_with_context(Quiet)
        .map_err(|error| fault::of("a client that makes topics", error))?;
    let mut made = create(&admin, options, topics, options.replication()).await?;
    if options.replication() == USUAL && made.iter().any(wants_a_number_of_replicas) {
        made = create(&admin, options, topics, replicas(options).await?).await?;
    }
    drop_apart(admin);
    made.into_iter().try_for_each(there)
}

async fn create(
    admin: &AdminClient<Quiet>,
    options: &KafkaOptions,
    topics: &[TopicName],
    replication: i32,
) -> Result<Vec<TopicResult>, TopicsError> {
    let partitions = i32::try_from(options.partitions()).unwrap_or(i32::MAX);
    let new = |topic| new_topic(topic, partitions, replication);
    let new: Vec<_> = topics.iter().map(new).collect();
    let within =
        AdminOptions::new().request_timeout(Some(REQUEST_TIMEOUT)).operation_timeout(Some(REQUEST_TIMEOUT));
    admin.create_topics(&new, &within).await.map_err(|error| fault::of("new topics", error))
}

fn new_topic(topic: &TopicName, partitions: i32, replication: i32) -> NewTopic<'_> {
    NewTopic::new(topic.as_str(), partitions, TopicReplication::Fixed(replication))
        .set("cleanup.policy", "delete")
        .set("retention.ms", "-1")
}

fn wants_a_number_of_replicas(made: &TopicResult) -> bool {
    matches!(made, Err((_, RDKafkaErrorCode::InvalidReplicationFactor)))
}

/// As many as there are brokers, but not more than are of use.
async fn replicas(options: &KafkaOptions) -> Result<i32, TopicsError> {
    let config = options.base_config();
    let counted = tokio::task::spawn_blocking(move || {
        let client: BaseProducer = config.create()?;
        Ok(client.client().fetch_metadata(None, REQUEST_TIMEOUT)?.brokers().len())
    });
    let counted: Result<usize, KafkaError> = counted.await.map_err(fault::unavailable)?;
    let brokers = counted.map_err(|error| fault::of("to say how many brokers there are", error))?;
    Ok(i32::try_from(brokers.clamp(1, REPLICAS)).expect("three is a small number"))
}

/// Closing waits for the client's threads.
fn drop_apart(admin: AdminClient<Quiet>) {
    drop(tokio::task::spawn_blocking(move || drop(admin)));
}

fn there(made: TopicResult) -> Result<(), TopicsError> {
    match made {
        Ok(_) | Err((_, RDKafkaErrorCode::TopicAlreadyExists)) => Ok(()),
        Err((topic, code)) => Err(fault::of_code(&format!("the new topic {topic}"), code, code)),
    }
}

//! Makes topics.

use acta_application::relay::{TopicName, TopicsError};
use rdkafka::ClientContext;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication, TopicResult};
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};

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

/// Makes `topics`, which keep their records for ever. Those that are there already stay as they are.
///
/// # Errors
/// See [`TopicsError`].
pub async fn create_topics(options: &KafkaOptions, topics: &[TopicName]) -> Result<(), TopicsError> {
    let admin: AdminClient<Quiet> = options
        .base_config()
        .create_with_context(Quiet)
        .map_err(|error| fault::of("a client that makes topics", error))?;
    let new: Vec<_> = topics.iter().map(|topic| new_topic(options, topic)).collect();
    let within =
        AdminOptions::new().request_timeout(Some(REQUEST_TIMEOUT)).operation_timeout(Some(REQUEST_TIMEOUT));
    let made = admin.create_topics(&new, &within).await.map_err(|error| fault::of("new topics", error))?;
    drop_apart(admin);
    made.into_iter().try_for_each(there)
}

fn new_topic<'a>(options: &KafkaOptions, topic: &'a TopicName) -> NewTopic<'a> {
    let partitions = i32::try_from(options.partitions()).unwrap_or(i32::MAX);
    NewTopic::new(topic.as_str(), partitions, TopicReplication::Fixed(options.replication()))
        .set("cleanup.policy", "delete")
        .set("retention.ms", "-1")
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

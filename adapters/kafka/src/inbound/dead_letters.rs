//! Messages that can never be handled, kept where somebody can look at them.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use acta_application::clock::Clock;
use acta_application::inbound::{InboundMessage, Reason};
use acta_application::relay::{TopicName, TopicsError};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{FutureProducer, FutureRecord, Producer as _};

use super::logs::Logs;
use crate::client::KafkaOptions;

/// The topic of dead letters, behind the operator's prefix.
///
/// A dead letter has the key, the headers and the body of the message, and these headers besides:
///
/// ```text
/// dead-letter-reason     why, as a name that does not change      dead-letter-topic      where it came from
/// dead-letter-detail     why, in words                            dead-letter-partition
/// dead-letter-time       when it was given up, RFC 3339           dead-letter-offset
/// dead-letter-truncated  `true`: the broker takes no record as large as the message; its headers and body are left out
/// ```
///
/// Topic, partition and offset say which message it was; a letter that is there twice has them twice.
pub const DEAD_LETTERS: &str = "acta.dead-letter";

/// How long one attempt to write a dead letter may take.
const ATTEMPT: Duration = Duration::from_secs(20);

/// The largest record that is offered to a broker, in bytes; what it takes is its own setting.
const LARGEST: &str = "104857600";

/// A dead letter could not be written.
#[derive(Debug, thiserror::Error)]
pub(super) enum DeadLetterError {
    /// The broker did not take it.
    #[error("the broker did not take a dead letter")]
    NotTaken(#[source] KafkaError),
    /// Its topic could not be made.
    #[error("the topic of dead letters could not be made")]
    NoTopic(#[source] TopicsError),
}

/// Writes dead letters.
pub(super) struct DeadLetters {
    options: KafkaOptions,
    topic: TopicName,
    clock: Arc<dyn Clock>,
    /// Made when the first letter is written, and anew when it can no longer be used.
    producer: Mutex<Option<FutureProducer<Logs>>>,
}

impl DeadLetters {
    pub(super) fn new(options: KafkaOptions, prefix: &str, clock: Arc<dyn Clock>) -> Self {
        let topic = TopicName::new(&format!("{prefix}{DEAD_LETTERS}"));
        Self { options, topic, clock, producer: Mutex::default() }
    }

    /// Makes a dead letter of `message`. It is there when this returns.
    pub(super) async fn write(
        &self,
        message: &InboundMessage,
        reason: &Reason,
    ) -> Result<(), DeadLetterError> {
        let about = about(message, reason, &self.clock.now().to_string());
        let whole =
            with(message.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())), &about);
        match self.send(message, whole, &message.body).await {
            Err(KafkaError::MessageProduction(code)) if is_too_large(code) => {
                let short = with([("dead-letter-truncated", "true".as_bytes())], &about);
                self.send(message, short, &[]).await.map_err(DeadLetterError::NotTaken)
            }
            Err(KafkaError::MessageProduction(code)) if is_unknown_topic(code) => {
                let made =
                    super::topics::make_missing(&self.options, std::slice::from_ref(&self.topic)).await;
                made.map_err(DeadLetterError::NoTopic)?;
                Err(DeadLetterError::NotTaken(KafkaError::MessageProduction(code)))
            }
            sent => sent.map_err(DeadLetterError::NotTaken),
        }
    }

    async fn send(
        &self,
        message: &InboundMessage,
        headers: OwnedHeaders,
        body: &[u8],
    ) -> Result<(), KafkaError> {
        let producer = self.producer()?;
        let mut record = FutureRecord::to(self.topic.as_str()).payload(body).headers(headers);
        record.key = message.key.as_deref();
        let sent = producer.send(record, ATTEMPT).await;
        if producer.client().fatal_error().is_some() {
            *self.producer.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
        sent.map(drop).map_err(|(error, _)| error)
    }

    fn producer(&self) -> Result<FutureProducer<Logs>, KafkaError> {
        let mut producer = self.producer.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(producer) = &*producer {
            return Ok(producer.clone());
        }
        let mut config = self.options.base_config();
        config
            .set("enable.idempotence", "true")
            .set("acks", "all")
            .set("message.timeout.ms", ATTEMPT.as_millis().to_string())
            .set("message.max.bytes", LARGEST)
            .set("allow.auto.create.topics", "false");
        let made: FutureProducer<Logs> = config.create_with_context(Logs)?;
        Ok(producer.insert(made).clone())
    }
}

fn about(message: &InboundMessage, reason: &Reason, time: &str) -> [(&'static str, String); 6] {
    [
        ("dead-letter-reason", reason.code().to_owned()),
        ("dead-letter-detail", reason.to_string()),
        ("dead-letter-time", time.to_owned()),
        ("dead-letter-topic", message.topic.clone()),
        ("dead-letter-partition", message.partition.to_string()),
        ("dead-letter-offset", message.offset.to_string()),
    ]
}

fn with<'a>(
    first: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    about: &'a [(&'static str, String)],
) -> OwnedHeaders {
    let about = about.iter().map(|(name, value)| (*name, value.as_bytes()));
    first
        .into_iter()
        .chain(about)
        .fold(OwnedHeaders::new(), |headers, (key, value)| headers.insert(Header { key, value: Some(value) }))
}

fn is_too_large(code: RDKafkaErrorCode) -> bool {
    matches!(
        code,
        RDKafkaErrorCode::MessageSizeTooLarge
            | RDKafkaErrorCode::InvalidMessageSize
            | RDKafkaErrorCode::MessageBatchTooLarge
    )
}

fn is_unknown_topic(code: RDKafkaErrorCode) -> bool {
    matches!(
        code,
        RDKafkaErrorCode::UnknownTopic
            | RDKafkaErrorCode::UnknownTopicOrPartition
            | RDKafkaErrorCode::UnknownPartition
    )
}

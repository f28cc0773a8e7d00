//! How a client of Kafka is set up.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use rdkafka::config::{ClientConfig, RDKafkaLogLevel};
use rdkafka::error::KafkaError;

/// What the program decides, because what is promised rests on it. Each with the other names that librdkafka knows it by.
const OURS: &[&str] = &[
    "bootstrap.servers",
    "metadata.broker.list",
    "acks",
    "request.required.acks",
    "enable.idempotence",
    "enable.gapless.guarantee",
    "transactional.id",
    "retries",
    "message.send.max.retries",
    "message.timeout.ms",
    "delivery.timeout.ms",
    "max.in.flight",
    "max.in.flight.requests.per.connection",
    "queuing.strategy",
    "partitioner",
    "reconnect.backoff.ms",
    "reconnect.backoff.max.ms",
    "group.id",
    "enable.auto.commit",
    "auto.commit.enable",
    "auto.commit.interval.ms",
    "enable.auto.offset.store",
    "auto.offset.reset",
    "enable.partition.eof",
    "isolation.level",
    "log_level",
    "log.queue",
    "log.connection.close",
    "enabled_events",
];

/// How long a request to the broker may take that is not a record.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// Where the broker is, how to speak to it, and what topics are made like.
#[derive(Clone)]
pub struct KafkaOptions {
    brokers: String,
    properties: BTreeMap<String, String>,
    partitions: u32,
    replication: i32,
}

/// A property of librdkafka's cannot be set. The value is never named: it may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OptionsError {
    /// What is promised rests on it.
    #[error("the Kafka property `{0}` is the program's own and cannot be set")]
    Ours(String),
    /// There is no such property, or it cannot have that value.
    #[error("librdkafka does not take the Kafka property `{0}` or its value")]
    Unknown(String),
}

impl KafkaOptions {
    /// One partition for each topic that is made, and as many replicas as is usual for the broker.
    ///
    /// - `brokers`: `host:port`, more than one separated by commas
    /// - `properties`: librdkafka's, such as `security.protocol` or `sasl.username`
    ///
    /// # Errors
    /// See [`OptionsError`].
    pub fn new(brokers: &str, properties: BTreeMap<String, String>) -> Result<Self, OptionsError> {
        for (name, value) in &properties {
            check(name, value)?;
        }
        Ok(Self { brokers: brokers.to_owned(), properties, partitions: 1, replication: -1 })
    }

    /// The same, where topics are made with `partitions` partitions.
    #[must_use]
    pub fn with_partitions(mut self, partitions: u32) -> Self {
        self.partitions = partitions;
        self
    }

    /// The same, where topics are made with `replication` replicas; -1 for what is usual for the broker.
    #[must_use]
    pub fn with_replication(mut self, replication: i32) -> Self {
        self.replication = replication;
        self
    }

    /// The partitions of a topic that is made.
    pub fn partitions(&self) -> u32 {
        self.partitions
    }

    /// The replicas of a topic that is made; -1 for what is usual for the broker.
    pub fn replication(&self) -> i32 {
        self.replication
    }

    /// What every client has in common: the addresses, the operator's properties, bounded waiting, and a log that tells of each lost
    /// connection.
    pub fn base_config(&self) -> ClientConfig {
        let mut config = ClientConfig::new();
        config
            .set("client.id", "acta")
            .set("socket.timeout.ms", REQUEST_TIMEOUT.as_millis().to_string())
            .set("socket.connection.setup.timeout.ms", REQUEST_TIMEOUT.as_millis().to_string())
            .set("socket.keepalive.enable", "true")
            .set("socket.nagle.disable", "true");
        for (name, value) in &self.properties {
            config.set(name, value);
        }
        config
            .set("bootstrap.servers", &self.brokers)
            .set("reconnect.backoff.ms", "100")
            .set("reconnect.backoff.max.ms", "500")
            .set("log.connection.close", "true")
            .set_log_level(RDKafkaLogLevel::Info);
        config
    }
}

fn check(name: &str, value: &str) -> Result<(), OptionsError> {
    if OURS.contains(&name) {
        return Err(OptionsError::Ours(name.to_owned()));
    }
    let known = ClientConfig::new().set(name, value).create_native_config();
    known.map(drop).map_err(|_unspoken: KafkaError| OptionsError::Unknown(name.to_owned()))
}

impl fmt::Debug for KafkaOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KafkaOptions")
            .field("brokers", &self.brokers)
            .field("properties", &self.properties.keys())
            .field("partitions", &self.partitions)
            .field("replication", &self.replication)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use rdkafka::types::RDKafkaConfRes;

    use super::*;

    fn with(name: &str, value: &str) -> Result<KafkaOptions, OptionsError> {
        KafkaOptions::new("localhost:9092", BTreeMap::from([(name.to_owned(), value.to_owned())]))
    }

    #[test]
    fn an_operator_can_say_how_to_authenticate() {
        let options = with("sasl.username", "acta").unwrap();
        assert_eq!(options.base_config().get("sasl.username"), Some("acta"));
    }

    #[test]
    fn an_operator_cannot_weaken_what_is_promised() {
        for name in ["acks", "enable.idempotence", "retries", "partitioner", "bootstrap.servers"] {
            assert_eq!(with(name, "0").unwrap_err(), OptionsError::Ours(name.to_owned()));
        }
    }

    #[test]
    fn every_name_that_is_ours_is_one_of_librdkafka() {
        for name in OURS {
            let set = ClientConfig::new().set(*name, "?").create_native_config();
            let unknown =
                matches!(set, Err(KafkaError::ClientConfig(RDKafkaConfRes::RD_KAFKA_CONF_UNKNOWN, ..)));
            assert!(!unknown, "{name}");
        }
    }

    #[test]
    fn a_property_that_does_not_exist_is_refused() {
        assert_eq!(with("sasl.user", "x").unwrap_err(), OptionsError::Unknown("sasl.user".to_owned()));
        assert_eq!(
            with("security.protocol", "none").unwrap_err(),
            OptionsError::Unknown("security.protocol".to_owned())
        );
    }

    #[test]
    fn a_secret_is_shown_nowhere() {
        let options = with("sasl.password", "swordfish").unwrap();
        assert!(!format!("{options:?}").contains("swordfish"));
        assert!(format!("{options:?}").contains("sasl.password"));
        let error = with("sasl.passwort", "swordfish").unwrap_err();
        assert!(!format!("{error:?} {error}").contains("swordfish"));
    }
}

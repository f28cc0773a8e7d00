//! Where the Kafka brokers are, and which topics are used there.

mod properties;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use acta_application::relay::{Layout, TopicNames};
use acta_kafka::KafkaOptions;
use clap::{Args, ValueEnum, value_parser};

/// Where the Kafka brokers are, and which topics are used there. Without brokers there is no relay.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Kafka")]
#[expect(clippy::struct_field_names, reason = "they are the names of options")]
pub(crate) struct KafkaArgs {
    /// The brokers to begin with: host:port,host:port. Events are published there, and messages of the governance service read
    #[arg(long, value_name = "BROKERS", env = "KAFKA_BROKERS")]
    kafka_brokers: Option<String>,

    /// How events are spread over topics
    #[arg(long, value_name = "LAYOUT", env = "KAFKA_LAYOUT", value_enum, default_value_t = KafkaLayout::ByType)]
    kafka_layout: KafkaLayout,

    /// What the name of every topic begins with, for a cluster that is shared
    #[arg(long, value_name = "TEXT", env = "KAFKA_TOPIC_PREFIX", default_value = "", value_parser = parse_prefix)]
    kafka_topic_prefix: String,

    /// How many partitions a topic gets that does not exist yet; it cannot be changed later
    #[arg(long, value_name = "N", env = "KAFKA_PARTITIONS", default_value_t = PARTITIONS,
        value_parser = value_parser!(u32).range(1..=1_000))]
    kafka_partitions: u32,

    /// On how many brokers a new topic is kept [default: as the brokers are set]
    #[arg(long, value_name = "N", env = "KAFKA_REPLICATION", value_parser = value_parser!(i32).range(1..=100))]
    kafka_replication: Option<i32>,

    /// A file of librdkafka properties, `name=value` a line: security.protocol, sasl.username, ssl.ca.location …
    #[arg(long, value_name = "FILE", env = "KAFKA_PROPERTIES")]
    kafka_properties: Option<PathBuf>,

    /// The consumer group that the instances read the governance service's messages in
    #[arg(long, value_name = "GROUP", env = "KAFKA_GROUP", default_value = GROUP)]
    kafka_group: String,

    /// Whether messages of the governance service are read
    #[arg(long, value_name = "BOOL", env = "KAFKA_INBOUND", default_value_t = true, action = clap::ArgAction::Set)]
    kafka_inbound: bool,

    /// How long a message may wait for what it depends on before it is put aside as a dead letter, in seconds
    #[arg(long, value_name = "SECONDS", env = "KAFKA_PATIENCE", default_value_t = PATIENCE,
        value_parser = value_parser!(u64).range(0..=86_400))]
    kafka_patience: u64,
}

const PARTITIONS: u32 = 3;
const GROUP: &str = "acta";
const PATIENCE: u64 = 60;
/// The longest name of a topic is 249; the names behind the prefix stay below 50.
const MAX_PREFIX: usize = 199;

/// How events are spread over topics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum KafkaLayout {
    /// One topic for each event type, named as the type
    ByType,
    /// One topic for all, `acta.events`
    Single,
}

fn parse_prefix(text: &str) -> Result<String, String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if text.len() > MAX_PREFIX || !text.chars().all(allowed) {
        return Err(format!("give at most {MAX_PREFIX} of the characters a-z, A-Z, 0-9, `.`, `_` and `-`"));
    }
    Ok(text.to_owned())
}

/// What is read from outside, and how.
#[derive(Debug, Clone)]
pub(crate) struct InboundConfig {
    /// The consumer group.
    pub(crate) group: String,
    /// How long a message may wait for what it depends on.
    pub(crate) patience: Duration,
}

impl KafkaArgs {
    /// No brokers.
    pub(crate) fn none() -> Self {
        Self {
            kafka_brokers: None,
            kafka_layout: KafkaLayout::ByType,
            kafka_topic_prefix: String::new(),
            kafka_partitions: PARTITIONS,
            kafka_replication: None,
            kafka_properties: None,
            kafka_group: GROUP.to_owned(),
            kafka_inbound: true,
            kafka_patience: PATIENCE,
        }
    }

    /// How the brokers are reached; [`None`] when none is named.
    pub(crate) fn options(&self) -> anyhow::Result<Option<KafkaOptions>> {
        let Some(brokers) = self.kafka_brokers.as_deref().filter(|brokers| !brokers.is_empty()) else {
            return Ok(None);
        };
        let properties = match &self.kafka_properties {
            Some(file) => properties::read(file)?,
            None => BTreeMap::new(),
        };
        let options = KafkaOptions::new(brokers, properties)?.with_partitions(self.kafka_partitions);
        Ok(Some(match self.kafka_replication {
            Some(replicas) => options.with_replication(replicas),
            None => options,
        }))
    }

    /// The topics that events go to.
    pub(crate) fn topic_names(&self) -> TopicNames {
        let layout = match self.kafka_layout {
            KafkaLayout::ByType => Layout::ByType,
            KafkaLayout::Single => Layout::Single,
        };
        TopicNames::new(layout, &self.kafka_topic_prefix)
    }

    /// What the name of every topic begins with.
    pub(crate) fn prefix(&self) -> &str {
        &self.kafka_topic_prefix
    }

    /// What is read from outside; [`None`] when nothing shall be.
    pub(crate) fn inbound(&self) -> Option<InboundConfig> {
        let patience = Duration::from_secs(self.kafka_patience);
        self.kafka_inbound.then(|| InboundConfig { group: self.kafka_group.clone(), patience })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_has_only_what_a_topic_may_be_called() {
        assert_eq!(parse_prefix("acta.test-1_"), Ok("acta.test-1_".to_owned()));
        assert!(parse_prefix("a b").is_err());
        assert!(parse_prefix(&"a".repeat(200)).is_err());
    }

    #[test]
    fn without_brokers_there_is_no_kafka() {
        assert!(KafkaArgs::none().options().unwrap().is_none());
        let empty = KafkaArgs { kafka_brokers: Some(String::new()), ..KafkaArgs::none() };
        assert!(empty.options().unwrap().is_none());
    }

    #[test]
    fn topics_are_called_as_the_layout_says() {
        let single = KafkaArgs {
            kafka_layout: KafkaLayout::Single,
            kafka_topic_prefix: "t.".to_owned(),
            ..KafkaArgs::none()
        };
        assert_eq!(single.topic_names().of_type("session.created.v1").as_str(), "t.acta.events");
    }
}

//! A broker, a topic of one's own, and records for it.

use std::collections::BTreeMap;
use std::time::Duration;

use acta_application::log::Position;
use acta_application::relay::{Acknowledged, Lane, Publication, TopicName, TopicRecord, Topics};
use acta_kafka::client::KafkaOptions;
use acta_kafka::topics::KafkaTopics;
use acta_throwaway::{Broker, fresh_prefix};
use uuid::Uuid;

/// Longer than anything here should take.
const LONG: Duration = Duration::from_secs(30);

pub(crate) fn options(brokers: &str) -> KafkaOptions {
    KafkaOptions::new(brokers, BTreeMap::new()).unwrap().with_partitions(3)
}

pub(crate) async fn topics() -> KafkaTopics {
    KafkaTopics::new(options(&any_broker().await))
}

/// Blocks on a thread of its own: the compiler cannot see that what is awaited may change threads.
pub(crate) async fn any_broker() -> String {
    let broker = || tokio::runtime::Handle::current().block_on(Broker::any());
    tokio::task::spawn_blocking(broker).await.unwrap().unwrap()
}

pub(crate) fn fresh_topic() -> TopicName {
    TopicName::new(&format!("{}session.created.v1", fresh_prefix()))
}

pub(crate) async fn open(topics: &KafkaTopics, topic: &TopicName) -> Box<dyn Publication> {
    topics.open(std::slice::from_ref(topic)).await.unwrap()
}

/// The key of a session.
pub(crate) fn key(session: u128) -> String {
    Uuid::from_u128(session).to_string()
}

/// As the relay makes it, as far as it counts here.
pub(crate) fn record(position: u64, key: &str) -> TopicRecord {
    TopicRecord {
        position: Position::new(position),
        key: key.to_owned(),
        headers: vec![
            ("content-type", "application/json".to_owned()),
            ("ce_id", Uuid::from_u128(position.into()).to_string()),
            ("ce_position", position.to_string()),
            ("ce_metadata", format!(r#"{{"actor":"actör {position}","note":"{}"}}"#, "x".repeat(300))),
        ],
        body: format!(r#"{{"number":{position}}}"#),
    }
}

pub(crate) async fn send(publication: &dyn Publication, record: TopicRecord, lane: &Lane) {
    publication.publish(lane, record).await.unwrap();
}

/// The next `count` acknowledgements.
pub(crate) async fn acknowledged(publication: &dyn Publication, count: usize) -> Vec<Acknowledged> {
    let mut all = Vec::new();
    let taking = async {
        while all.len() < count {
            all.extend(publication.acknowledged().await.unwrap());
        }
    };
    tokio::time::timeout(LONG, taking).await.expect("they should be acknowledged");
    all
}

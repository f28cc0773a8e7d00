//! What a broker does not take.

use acta_application::relay::TopicsError;
use acta_kafka::topics::KafkaTopics;
use rdkafka::mocking::MockCluster;
use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};

use crate::stage::{acknowledged, fresh_topic, key, open, options, record, send, topics};

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_is_too_large_is_refused_and_nothing_follows_it() {
    let (topics, topic) = (topics().await, fresh_topic());
    let publication = open(&topics, &topic).await;
    let lane = publication.lane(&topic, &key(1)).unwrap();
    send(&*publication, record(1, &key(1)), &lane).await;
    acknowledged(&*publication, 1).await;
    let mut large = record(2, &key(1));
    large.body = "x".repeat(5 << 20);
    let error = publication.publish(&lane, large).await.unwrap_err();
    assert!(matches!(error, TopicsError::Refused { .. }), "{error:?}");
    assert!(publication.publish(&lane, record(3, &key(1))).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_that_was_not_opened_has_no_lane() {
    let publication = open(&topics().await, &fresh_topic()).await;
    assert_eq!(publication.lane(&fresh_topic(), &key(1)), None);
}

/// Librdkafka's own stand-in for a broker says no when it is told to, which a good one does only for a reason.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_broker_does_not_take_ends_the_publication_and_says_why() {
    let cluster = MockCluster::new(1).unwrap();
    let topic = fresh_topic();
    cluster.create_topic(topic.as_str(), 3, 1).unwrap();
    let publication = open(&KafkaTopics::new(options(&cluster.bootstrap_servers())), &topic).await;
    let lane = publication.lane(&topic, &key(1)).unwrap();
    send(&*publication, record(1, &key(1)), &lane).await;
    acknowledged(&*publication, 1).await;
    let before = publication.bounds(std::slice::from_ref(&lane)).await.unwrap();
    cluster.request_errors(
        RDKafkaApiKey::Produce,
        &[RDKafkaRespErr::RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED],
    );
    send(&*publication, record(2, &key(1)), &lane).await;
    let error = publication.acknowledged().await.unwrap_err();
    assert!(matches!(error, TopicsError::Refused { .. }), "{error:?}");
    assert!(publication.publish(&lane, record(3, &key(1))).await.is_err());
    let after = open(&KafkaTopics::new(options(&cluster.bootstrap_servers())), &topic).await;
    assert_eq!(after.bounds(std::slice::from_ref(&lane)).await.unwrap(), before);
}

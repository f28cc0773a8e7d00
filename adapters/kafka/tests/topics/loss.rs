//! What happens when the broker goes.

use std::time::Duration;

use acta_application::relay::{Lane, Offset, Publication, TopicName, TopicsError};
use acta_kafka::topics::KafkaTopics;
use acta_throwaway::{Broker, Memory};

use crate::stage::{acknowledged, fresh_topic, key, open, options, record, send};

const LONG: Duration = Duration::from_secs(30);

/// A broker of one's own, which can go.
async fn own(memory: Memory) -> (Broker, KafkaTopics) {
    let broker = Broker::start(memory).await.unwrap();
    let topics = KafkaTopics::new(options(&broker.bootstrap()));
    (broker, topics)
}

/// Publishes until that fails.
async fn publish_until_over(publication: &dyn Publication, lane: &Lane) -> TopicsError {
    for position in 1.. {
        if let Err(error) = publication.publish(lane, record(position, &key(1))).await {
            return error;
        }
    }
    unreachable!("positions do not end")
}

async fn acknowledged_until_over(publication: &dyn Publication) -> TopicsError {
    loop {
        if let Err(error) = publication.acknowledged().await {
            return error;
        }
    }
}

/// Ends the broker by `end` while records are sent, and gives what was said of it.
async fn lose(publication: &dyn Publication, lane: &Lane, end: impl Future<Output = ()>) -> [TopicsError; 2] {
    let end = async {
        acknowledged(publication, 2_000).await;
        end.await;
        acknowledged_until_over(publication).await
    };
    let both = async { tokio::join!(publish_until_over(publication, lane), end) };
    tokio::time::timeout(LONG, both).await.expect("it should be noticed").into()
}

fn is_unavailable(error: &TopicsError) -> bool {
    matches!(error, TopicsError::Unavailable(_))
}

async fn everything_fails(publication: &dyn Publication, lane: &Lane) -> bool {
    publication.bounds(std::slice::from_ref(lane)).await.is_err()
        && publication.read(lane, Offset(0)).await.is_err()
        && publication.publish(lane, record(1, &key(1))).await.is_err()
        && publication.acknowledged().await.is_err()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_broker_ends_the_publication() {
    let (broker, topics) = own(Memory::Forgetful).await;
    let topic = fresh_topic();
    let publication = open(&topics, &topic).await;
    let lane = publication.lane(&topic, &key(1)).unwrap();
    let errors = lose(&*publication, &lane, async { broker.kill().await.unwrap() }).await;
    assert!(errors.iter().all(is_unavailable), "{errors:?}");
    broker.start_again().await.unwrap();
    assert!(everything_fails(&*publication, &lane).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_to_a_broker_that_comes_back() {
    let (broker, topics) = own(Memory::Forgetful).await;
    let topic = fresh_topic();
    let publication = open(&topics, &topic).await;
    let lane = publication.lane(&topic, &key(1)).unwrap();
    // It keeps everything when it is stopped, so it would take what is sent again.
    lose(&*publication, &lane, async { broker.stop().await.unwrap() }).await;
    broker.start_again().await.unwrap();
    let second = KafkaTopics::new(options(&broker.bootstrap()));
    let second = open(&second, &topic).await;
    let before = second.bounds(std::slice::from_ref(&lane)).await.unwrap()[0].next;
    let sent = send_for(&*second, &topic, Duration::from_secs(2)).await;
    let found = second.read(&lane, before).await.unwrap();
    assert!(found.iter().map(|found| found.position.get()).eq(FRESH..FRESH + sent), "{found:?}");
}

/// Positions that nothing sent before has.
const FRESH: u64 = 1_000_000;

/// Sends one record after the other for so long, and says how many.
async fn send_for(publication: &dyn Publication, topic: &TopicName, long: Duration) -> u64 {
    let lane = publication.lane(topic, &key(1)).unwrap();
    let end = tokio::time::Instant::now() + long;
    let mut sent = 0;
    while tokio::time::Instant::now() < end && sent < 900 {
        send(publication, record(FRESH + sent, &key(1)), &lane).await;
        acknowledged(publication, 1).await;
        sent += 1;
    }
    sent
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_is_lost_while_nothing_is_sent_is_noticed() {
    let (broker, topics) = own(Memory::Forgetful).await;
    let topic = fresh_topic();
    let publication = open(&topics, &topic).await;
    let end = async {
        broker.kill().await.unwrap();
        broker.start_again().await.unwrap();
    };
    let (error, ()) = tokio::join!(acknowledged_until_over(&*publication), end);
    assert!(is_unavailable(&error), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_publication_stands_after_the_broker_came_back() {
    let (broker, topics) = own(Memory::Forgetful).await;
    let topic = fresh_topic();
    let publication = open(&topics, &topic).await;
    broker.kill().await.unwrap();
    acknowledged_until_over(&*publication).await;
    drop(publication);
    let (again, started) = tokio::join!(open(&topics, &topic), broker.start_again());
    started.unwrap();
    let lane = again.lane(&topic, &key(1)).unwrap();
    send(&*again, record(1, &key(1)), &lane).await;
    assert_eq!(acknowledged(&*again, 1).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_where_nobody_listens_does_not_matter_beside_a_good_one() {
    let broker = Broker::start(Memory::Forgetful).await.unwrap();
    let gone = Broker::start(Memory::Forgetful).await.unwrap();
    gone.kill().await.unwrap();
    let topics = KafkaTopics::new(options(&format!("{},{}", gone.bootstrap(), broker.bootstrap())));
    let topic = fresh_topic();
    let publication = open(&topics, &topic).await;
    assert!(send_for(&*publication, &topic, Duration::from_secs(2)).await > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_listens_nothing_is_opened() {
    let broker = Broker::start(Memory::Forgetful).await.unwrap();
    broker.kill().await.unwrap();
    let topics = KafkaTopics::new(options(&broker.bootstrap()));
    let opened = acta_application::relay::Topics::open(&topics, &[fresh_topic()]).await;
    match opened.err() {
        Some(TopicsError::Unavailable(why)) => {
            assert!(why.to_string().contains("Connection refused"), "{why}");
        }
        other => panic!("{other:?}"),
    }
}

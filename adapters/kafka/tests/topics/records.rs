//! What is published stands in the topics, as it was and in order.

use std::collections::BTreeMap;

use acta_application::relay::{Acknowledged, Found, Lane, Offset, Publication, TopicName, TopicRecord};
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::message::{Headers as _, Message};
use rdkafka::producer::{FutureProducer, FutureRecord};
use rdkafka::topic_partition_list::TopicPartitionList;

use crate::stage::{acknowledged, any_broker, fresh_topic, key, open, options, record, send, topics};

/// Sends one record for each position into the lane of its session.
async fn fill(
    publication: &dyn Publication,
    topic: &TopicName,
    positions: u64,
) -> BTreeMap<Lane, Vec<TopicRecord>> {
    let mut sent: BTreeMap<Lane, Vec<TopicRecord>> = BTreeMap::new();
    for position in 1..=positions {
        let record = record(position, &key(u128::from(position % 50)));
        let lane = publication.lane(topic, &record.key).unwrap();
        sent.entry(lane.clone()).or_default().push(record.clone());
        send(publication, record, &lane).await;
    }
    sent
}

async fn read_all(publication: &dyn Publication, lane: &Lane, mut from: Offset) -> Vec<Found> {
    let mut all = Vec::new();
    loop {
        let page = publication.read(lane, from).await.unwrap();
        let Some(last) = page.last() else { return all };
        from = Offset(last.offset.0 + 1);
        all.extend(page);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_thousand_records_come_back_as_they_were() {
    let (topics, topic) = (topics().await, fresh_topic());
    let publication = open(&topics, &topic).await;
    let sent = fill(&*publication, &topic, 20_000).await;
    acknowledged(&*publication, 20_000).await;
    let brokers = any_broker().await;
    let read = tokio::task::spawn_blocking(move || consume(&brokers, &topic, 20_000)).await.unwrap();
    assert_eq!(read, sent);
}

/// As any other consumer reads them.
fn consume(brokers: &str, topic: &TopicName, count: usize) -> BTreeMap<Lane, Vec<TopicRecord>> {
    let consumer: BaseConsumer = options(brokers).base_config().set("group.id", "anybody").create().unwrap();
    let mut assignment = TopicPartitionList::new();
    for partition in 0..3 {
        assignment.add_partition_offset(topic.as_str(), partition, rdkafka::Offset::Beginning).unwrap();
    }
    consumer.assign(&assignment).unwrap();
    let mut read: BTreeMap<Lane, Vec<TopicRecord>> = BTreeMap::new();
    for message in consumer.iter().take(count) {
        let message = message.unwrap();
        let lane = Lane { topic: topic.clone(), partition: message.partition().try_into().unwrap() };
        read.entry(lane).or_default().push(as_sent(&message));
    }
    read
}

fn as_sent(message: &impl Message) -> TopicRecord {
    let headers: Vec<(&'static str, String)> = message
        .headers()
        .unwrap()
        .iter()
        .map(|header| {
            let value = String::from_utf8(header.value.unwrap().to_vec()).unwrap();
            (&*header.key.to_owned().leak(), value)
        })
        .collect();
    let position = headers.iter().find(|(name, _)| *name == "ce_position").unwrap().1.parse().unwrap();
    TopicRecord {
        headers,
        key: String::from_utf8(message.key().unwrap().to_vec()).unwrap(),
        body: String::from_utf8(message.payload().unwrap().to_vec()).unwrap(),
        ..record(position, "")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lane_is_acknowledged_in_its_order() {
    let (topics, topic) = (topics().await, fresh_topic());
    let publication = open(&topics, &topic).await;
    let sent = fill(&*publication, &topic, 5_000).await;
    let mut places: BTreeMap<Lane, Vec<Acknowledged>> = BTreeMap::new();
    for taken in acknowledged(&*publication, 5_000).await {
        places.entry(taken.lane.clone()).or_default().push(taken);
    }
    for (lane, records) in sent {
        let taken = &places[&lane];
        assert!(taken.iter().map(|taken| taken.position).eq(records.iter().map(|record| record.position)));
        assert!(taken.windows(2).all(|pair| pair[0].offset < pair[1].offset));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lane_is_read_from_any_offset_and_again() {
    let (topics, topic) = (topics().await, fresh_topic());
    let publication = open(&topics, &topic).await;
    let sent = fill(&*publication, &topic, 7_000).await;
    acknowledged(&*publication, 7_000).await;
    for (lane, records) in &sent {
        let all = read_all(&*publication, lane, Offset(0)).await;
        assert!(all.iter().map(|found| found.position).eq(records.iter().map(|record| record.position)));
        let middle = all[all.len() / 2].offset;
        assert_eq!(read_all(&*publication, lane, middle).await, all[all.len() / 2..]);
        let end = Offset(all.last().unwrap().offset.0 + 1);
        assert_eq!(publication.read(lane, end).await.unwrap(), []);
        assert_eq!(publication.read(lane, Offset(end.0 + 1_000)).await.unwrap(), []);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_later_is_read_too() {
    let (topics, topic) = (topics().await, fresh_topic());
    let publication = open(&topics, &topic).await;
    let lane = publication.lane(&topic, &key(1)).unwrap();
    let mut next = Offset(0);
    for position in 1..=5 {
        send(&*publication, record(position, &key(1)), &lane).await;
        acknowledged(&*publication, 1).await;
        let found = publication.read(&lane, next).await.unwrap();
        assert_eq!(found.iter().map(|found| found.position.get()).collect::<Vec<_>>(), [position]);
        next = Offset(found[0].offset.0 + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bounds_are_told_in_the_order_that_was_asked() {
    let (topics, topic) = (topics().await, fresh_topic());
    let publication = open(&topics, &topic).await;
    let sent = fill(&*publication, &topic, 1_000).await;
    acknowledged(&*publication, 1_000).await;
    let lanes = publication.lanes();
    assert_eq!(lanes.len(), 3);
    let bounds = publication.bounds(&lanes).await.unwrap();
    for (lane, bounds) in lanes.iter().zip(bounds) {
        let count = sent.get(lane).map_or(0, Vec::len);
        assert_eq!(read_all(&*publication, lane, bounds.first).await.len(), count);
        assert!(bounds.next.0 - bounds.first.0 >= count as u64);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_that_is_there_is_opened_again() {
    let (topics, topic) = (topics().await, fresh_topic());
    let first = open(&topics, &topic).await;
    let lane = first.lane(&topic, &key(7)).unwrap();
    send(&*first, record(1, &key(7)), &lane).await;
    acknowledged(&*first, 1).await;
    drop(first);
    let second = open(&topics, &topic).await;
    assert_eq!(second.lane(&topic, &key(7)), Some(lane.clone()));
    assert_eq!(second.read(&lane, Offset(0)).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_has_the_partition_that_other_clients_give_it() {
    let (topics, topic) = (topics().await, fresh_topic());
    let publication = open(&topics, &topic).await;
    let brokers = any_broker().await;
    let other: FutureProducer =
        options(&brokers).base_config().set("partitioner", "murmur2_random").create().unwrap();
    for session in 0..200 {
        let key = key(session * 0x9e37_79b9_7f4a_7c15);
        let record = FutureRecord::to(topic.as_str()).key(&key).payload("");
        let delivered = other.send(record, std::time::Duration::from_secs(10)).await.unwrap();
        let lane = publication.lane(&topic, &key).unwrap();
        assert_eq!(i32::try_from(lane.partition), Ok(delivered.partition), "{key}");
    }
}

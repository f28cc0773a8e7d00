//! What every broker's topics must do, as tests that any adapter runs.
//!
//! Implement [`TopicsHarness`] for the adapter, then `acta_application::topics_contract!(YourHarness);` in a test file.

#![expect(clippy::missing_panics_doc, reason = "a case that panics is a case that failed")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use uuid::Uuid;

use super::{
    Acknowledged, Bounds, Found, Lane, Offset, Publication, RecordId, TopicName, TopicRecord, Topics,
    partition_of,
};
use crate::log::{MAX_EVENT_BYTES, Position};

/// How long anything may take before a case fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// A broker, or a part of one that no other case uses.
#[async_trait]
pub trait TopicsHarness: Sized + Send + Sync + 'static {
    /// The topics under test, each made with several partitions.
    type Topics: Topics;

    /// Makes one.
    async fn new() -> Self;

    /// The topics.
    fn topics(&self) -> Arc<Self::Topics>;

    /// What the names of topics begin with, where several cases use one broker.
    fn prefix(&self) -> String {
        String::new()
    }
}

/// One test for each case of the contract, against the [`TopicsHarness`](crate::relay::contract::TopicsHarness) `$harness`.
#[macro_export]
macro_rules! topics_contract {
    ($harness:ty) => {
        $crate::contract_cases!(
            $crate::relay::contract,
            $harness,
            [
                topics_that_do_not_exist_are_made,
                a_key_has_the_lane_that_kafkas_own_clients_choose,
                a_topic_that_was_not_opened_has_no_lane,
                an_empty_lane_holds_nothing,
                acknowledgements_come_in_the_order_of_a_lane_with_growing_offsets,
                what_was_published_is_found_again,
                a_lane_is_read_on_from_any_offset,
                what_lanes_hold_is_told_in_the_order_of_the_question,
                lanes_do_not_mix,
                records_stay_when_topics_are_opened_again,
                a_run_of_many_records_is_whole,
                the_largest_event_fits,
                waiting_for_acknowledgements_can_be_given_up,
            ]
        );
    };
}

/// A harness, and a connection to its topics `one` and `other`.
async fn opened<H: TopicsHarness>() -> (H, [TopicName; 2], Box<dyn Publication>) {
    let harness = H::new().await;
    let topics = ["one", "other"].map(|name| TopicName::new(&format!("{}{name}.v1", harness.prefix())));
    let publication = open(&harness, &topics).await;
    (harness, topics, publication)
}

async fn open<H: TopicsHarness>(harness: &H, topics: &[TopicName]) -> Box<dyn Publication> {
    within(harness.topics().open(topics)).await.expect("the broker is there")
}

async fn within<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, work).await.expect("it does not take that long")
}

fn key(number: u64) -> String {
    Uuid::from_u128(0x5e00_0000 + u128::from(number)).to_string()
}

fn id(position: u64) -> RecordId {
    RecordId(Uuid::from_u128(0x1d00_0000 + u128::from(position)))
}

/// The position `count` before `position`, if there is one.
fn before(position: u64, count: u64) -> Option<u64> {
    position.checked_sub(count).filter(|before| *before > 0)
}

/// The record at `position`, behind the one at `previous`.
fn record(position: u64, key: &str, previous: Option<u64>) -> TopicRecord {
    let headers = vec![
        ("content-type", "application/json".to_owned()),
        ("ce_id", id(position).to_string()),
        ("ce_position", position.to_string()),
    ];
    let (position, key) = (Position::new(position), key.to_owned());
    let body = format!(r#"{{"position":{position}}}"#);
    TopicRecord { position, key, headers, body }.behind(previous.map(Position::new))
}

async fn publish(publication: &dyn Publication, lane: &Lane, record: TopicRecord) {
    within(publication.publish(lane, record)).await.expect("the broker takes it");
}

/// Publishes the positions `from` to `to` into `lane`, and waits until they are acknowledged.
async fn fill(publication: &dyn Publication, lane: &Lane, from: u64, to: u64) -> Vec<Acknowledged> {
    for position in from..=to {
        publish(publication, lane, record(position, &key(1), before(position, 1))).await;
    }
    acknowledged(publication, usize::try_from(to + 1 - from).expect("it is a small number")).await
}

async fn acknowledged(publication: &dyn Publication, count: usize) -> Vec<Acknowledged> {
    let mut done = Vec::new();
    while done.len() < count {
        done.extend(within(publication.acknowledged()).await.expect("the broker acknowledges"));
    }
    assert_eq!(done.len(), count, "nothing else is acknowledged");
    done
}

async fn bounds(publication: &dyn Publication, lane: &Lane) -> Bounds {
    let bounds = within(publication.bounds(std::slice::from_ref(lane))).await;
    let [bounds] = bounds.expect("the broker answers")[..] else { panic!("one answer for each lane") };
    bounds
}

/// All records of `lane` from `from` on.
async fn read(publication: &dyn Publication, lane: &Lane, mut from: Offset) -> Vec<Found> {
    let next = bounds(publication, lane).await.next;
    let mut all = Vec::new();
    while from < next {
        let page = within(publication.read(lane, from)).await.expect("the broker answers");
        let last = page.last().expect("there is something before the end");
        from = Offset(last.offset.0 + 1);
        all.extend(page);
    }
    all
}

fn positions(found: &[Found]) -> Vec<u64> {
    found.iter().map(|found| found.position.get()).collect()
}

fn first_lane(publication: &dyn Publication, topic: &TopicName) -> Lane {
    publication.lane(topic, &key(1)).expect("the topic was opened")
}

/// Given topics that nobody made, opening them makes them, with partitions from 0 on.
pub async fn topics_that_do_not_exist_are_made<H: TopicsHarness>() {
    let (_harness, topics, publication) = opened::<H>().await;
    let mut partitions: BTreeMap<TopicName, Vec<u32>> = BTreeMap::new();
    for lane in publication.lanes() {
        partitions.entry(lane.topic).or_default().push(lane.partition);
    }
    assert_eq!(partitions.keys().collect::<Vec<_>>(), topics.iter().collect::<Vec<_>>());
    for mut of_topic in partitions.into_values() {
        of_topic.sort_unstable();
        let count = u32::try_from(of_topic.len()).expect("there are few");
        assert!(count > 1, "the cases need several partitions");
        assert_eq!(of_topic, (0..count).collect::<Vec<_>>());
    }
}

/// Given any key, its lane is the one that the default partitioner of Kafka's own clients chooses.
pub async fn a_key_has_the_lane_that_kafkas_own_clients_choose<H: TopicsHarness>() {
    let (_harness, [topic, _], publication) = opened::<H>().await;
    let of_topic = publication.lanes().into_iter().filter(|lane| lane.topic == topic).count();
    let partitions = u32::try_from(of_topic).expect("there are few");
    for number in 0..50 {
        let lane = publication.lane(&topic, &key(number)).expect("the topic was opened");
        assert_eq!(
            lane,
            Lane { topic: topic.clone(), partition: partition_of(key(number).as_bytes(), partitions) }
        );
    }
}

/// Given a topic that was not opened, its keys have no lane.
pub async fn a_topic_that_was_not_opened_has_no_lane<H: TopicsHarness>() {
    let (_harness, _, publication) = opened::<H>().await;
    assert_eq!(publication.lane(&TopicName::new("a.third.v1"), &key(1)), None);
}

/// Given a lane that nothing was sent into, it begins and ends at 0, and nothing is read from it.
pub async fn an_empty_lane_holds_nothing<H: TopicsHarness>() {
    let (_harness, [topic, _], publication) = opened::<H>().await;
    let lane = first_lane(&*publication, &topic);
    assert_eq!(bounds(&*publication, &lane).await, Bounds { first: Offset(0), next: Offset(0) });
    assert_eq!(within(publication.read(&lane, Offset(0))).await.expect("the broker answers"), []);
}

/// Given records sent into one lane, they are acknowledged in that order, each behind the one before.
pub async fn acknowledgements_come_in_the_order_of_a_lane_with_growing_offsets<H: TopicsHarness>() {
    let (_harness, [topic, _], publication) = opened::<H>().await;
    let lane = first_lane(&*publication, &topic);
    let done = fill(&*publication, &lane, 1, 100).await;
    assert!(done.iter().all(|one| one.lane == lane));
    assert!(done.iter().map(|one| one.position.get()).eq(1..=100));
    assert!(done.is_sorted_by(|one, next| one.offset < next.offset));
}

/// Given published records, reading the lane tells their places, as the acknowledgements did.
pub async fn what_was_published_is_found_again<H: TopicsHarness>() {
    let (_harness, [topic, _], publication) = opened::<H>().await;
    let lane = first_lane(&*publication, &topic);
    publish(&*publication, &lane, record(4, &key(1), None)).await;
    publish(&*publication, &lane, record(9, &key(1), Some(4))).await;
    publish(&*publication, &lane, record(4, &key(1), None).replayed()).await;
    let done = acknowledged(&*publication, 3).await;
    let found = |number: usize, position, previous: Option<u64>, replayed| Found {
        offset: done[number].offset,
        position: Position::new(position),
        previous: previous.map(Position::new),
        id: id(position),
        replayed,
    };
    let expected = [found(0, 4, None, false), found(1, 9, Some(4), false), found(2, 4, None, true)];
    assert_eq!(read(&*publication, &lane, Offset(0)).await, expected);
}

/// Given a lane with records, it can be read from each of them on, and nothing is at its end.
pub async fn a_lane_is_read_on_from_any_offset<H: TopicsHarness>() {
    let (_harness, [topic, _], publication) = opened::<H>().await;
    let lane = first_lane(&*publication, &topic);
    let done = fill(&*publication, &lane, 1, 5).await;
    for one in &done {
        let found = read(&*publication, &lane, one.offset).await;
        assert_eq!(positions(&found), (one.position.get()..=5).collect::<Vec<_>>());
    }
    let end = bounds(&*publication, &lane).await.next;
    assert!(end > done[4].offset);
    assert_eq!(within(publication.read(&lane, end)).await.expect("the broker answers"), []);
}

/// Given several lanes, each question for their bounds is answered in its own order.
pub async fn what_lanes_hold_is_told_in_the_order_of_the_question<H: TopicsHarness>() {
    let (_harness, [one, other], publication) = opened::<H>().await;
    let lanes = [first_lane(&*publication, &one), first_lane(&*publication, &other)];
    fill(&*publication, &lanes[1], 1, 3).await;
    for (first, second) in [(0, 1), (1, 0)] {
        let asked = [lanes[first].clone(), lanes[second].clone()];
        let told = within(publication.bounds(&asked)).await.expect("the broker answers");
        let empty: Vec<bool> = told.iter().map(|bounds| bounds.first == bounds.next).collect();
        assert_eq!(empty, [first == 0, second == 0]);
    }
    let all = publication.lanes();
    assert_eq!(within(publication.bounds(&all)).await.expect("the broker answers").len(), all.len());
}

/// Given records sent in turns into every lane, each lane has its own, in order.
pub async fn lanes_do_not_mix<H: TopicsHarness>() {
    let (_harness, _, publication) = opened::<H>().await;
    let lanes = publication.lanes();
    let count = lanes.len() as u64;
    for (position, lane) in (1..=10 * count).zip(lanes.iter().cycle()) {
        publish(&*publication, lane, record(position, &key(1), before(position, count))).await;
    }
    acknowledged(&*publication, 10 * lanes.len()).await;
    for (number, lane) in (1..).zip(&lanes) {
        let expected: Vec<u64> = (0..10).map(|round| number + round * count).collect();
        assert_eq!(positions(&read(&*publication, lane, Offset(0)).await), expected);
    }
}

/// Given records of an earlier connection, a later one finds them and goes on behind them.
pub async fn records_stay_when_topics_are_opened_again<H: TopicsHarness>() {
    let (harness, topics, publication) = opened::<H>().await;
    let lane = first_lane(&*publication, &topics[0]);
    let first = fill(&*publication, &lane, 1, 3).await;
    drop(publication);
    let publication = open(&harness, &topics).await;
    assert_eq!(first_lane(&*publication, &topics[0]), lane);
    assert_eq!(positions(&read(&*publication, &lane, Offset(0)).await), [1, 2, 3]);
    let second = fill(&*publication, &lane, 4, 5).await;
    assert!(second[0].offset > first[2].offset);
    assert_eq!(positions(&read(&*publication, &lane, Offset(0)).await), [1, 2, 3, 4, 5]);
}

/// Given thousands of records sent while nobody reads acknowledgements but one, none is missing or out of order.
pub async fn a_run_of_many_records_is_whole<H: TopicsHarness>() {
    let (_harness, [topic, _], publication) = opened::<H>().await;
    let lane = first_lane(&*publication, &topic);
    let sending = async {
        for position in 1..=3_000 {
            publish(&*publication, &lane, record(position, &key(1), before(position, 1))).await;
        }
    };
    let ((), done) = tokio::join!(sending, acknowledged(&*publication, 3_000));
    assert!(done.iter().map(|one| one.position.get()).eq(1..=3_000));
    let found = read(&*publication, &lane, Offset(0)).await;
    assert!(positions(&found).into_iter().eq(1..=3_000));
}

/// Given an event as large as the log takes it, with as large a personal part, it is published.
pub async fn the_largest_event_fits<H: TopicsHarness>() {
    let (_harness, [topic, _], publication) = opened::<H>().await;
    let lane = first_lane(&*publication, &topic);
    let mut large = record(1, &key(1), None);
    large.body = "x".repeat(MAX_EVENT_BYTES);
    large.headers.push(("ce_sealed", "x".repeat(2 * MAX_EVENT_BYTES)));
    publish(&*publication, &lane, large).await;
    acknowledged(&*publication, 1).await;
    assert_eq!(positions(&read(&*publication, &lane, Offset(0)).await), [1]);
}

/// Given a wait for acknowledgements that is dropped over and over, none is lost.
pub async fn waiting_for_acknowledgements_can_be_given_up<H: TopicsHarness>() {
    let (_harness, [topic, _], publication) = opened::<H>().await;
    let lane = first_lane(&*publication, &topic);
    let mut done = Vec::new();
    for position in 1..=50 {
        publish(&*publication, &lane, record(position, &key(1), before(position, 1))).await;
        tokio::select! {
            biased;
            more = publication.acknowledged() => done.extend(more.expect("the broker acknowledges")),
            () = tokio::task::yield_now() => {}
        }
    }
    done.extend(acknowledged(&*publication, 50 - done.len()).await);
    assert!(done.iter().map(|one| one.position.get()).eq(1..=50));
}

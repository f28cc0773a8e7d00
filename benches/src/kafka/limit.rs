//! What the broker takes: a producer that has nothing else to do, with the relay's settings and records.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use acta_application::relay::TopicName;
use acta_kafka::KafkaOptions;
use acta_kafka::topics::create_topics;
use anyhow::{Context as _, bail, ensure};
use rdkafka::config::ClientConfig;
use rdkafka::consumer::BaseConsumer;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{BorrowedMessage, DeliveryResult, OwnedHeaders};
use rdkafka::producer::{BaseRecord, Producer as _, ProducerContext, ThreadedProducer};
use rdkafka::{ClientContext, Message as _};

use super::Run;
use super::arrivals::position;
use super::site::{self, Bounds, PATIENCE};
use crate::run::say;
use crate::stopwatch::Stopwatch;

/// Records of each partition that are sent again and again: more than a batch has.
const SAMPLE: i64 = 3_000;
/// The longest that the broker may take for all.
const LONGEST: Duration = Duration::from_mins(5);
/// While the producer's queue is full.
const PAUSE: Duration = Duration::from_millis(1);

/// What the producer did.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limit {
    pub(super) records: u64,
    pub(super) took: Duration,
}

/// A record that the relay sent.
struct Sample {
    position: u64,
    partition: i32,
    key: Vec<u8>,
    body: Vec<u8>,
    headers: OwnedHeaders,
}

impl Run<'_> {
    /// Sends `records` records like those of the relay.
    pub(super) async fn limit(&self, records: u64) -> anyhow::Result<Limit> {
        say("what a producer alone gets into the broker");
        let (options, topic) = (self.site.options()?, self.site.topic("limit"));
        create_topics(&options, &[TopicName::new(&topic)]).await?;
        let (consumer, chunks) = (self.site.consumer()?, self.site.chunks());
        let work = move || produce(&options, &topic, &samples(&consumer, &chunks)?, records);
        tokio::task::spawn_blocking(work).await?
    }
}

/// The first records of each partition of `topic`, in the order in which the relay sent them.
fn samples(consumer: &BaseConsumer, topic: &str) -> anyhow::Result<Vec<Sample>> {
    let mut samples = Vec::new();
    for bounds in site::bounds(consumer, topic)? {
        samples.extend(samples_of(consumer, topic, bounds)?);
    }
    samples.sort_by_key(|sample| sample.position);
    Ok(samples)
}

fn samples_of(consumer: &BaseConsumer, topic: &str, bounds: Bounds) -> anyhow::Result<Vec<Sample>> {
    let Bounds { partition, first, next } = bounds;
    let end = next.min(first + SAMPLE);
    site::assign(consumer, topic, [(partition, first)])?;
    let (mut samples, mut offset) = (Vec::new(), first);
    while offset < end {
        let message = consumer.poll(PATIENCE).context("the broker gives no records")??;
        offset = message.offset() + 1;
        samples.push(sample(&message)?);
    }
    Ok(samples)
}

fn sample(message: &BorrowedMessage<'_>) -> anyhow::Result<Sample> {
    let headers = message.headers().context("a record without headers")?;
    Ok(Sample {
        position: position(message)?,
        partition: message.partition(),
        key: message.key().unwrap_or_default().to_vec(),
        body: message.payload().unwrap_or_default().to_vec(),
        headers: headers.detach(),
    })
}

/// Counts what is acknowledged and what is not.
#[derive(Debug, Default)]
struct Deliveries {
    good: AtomicU64,
    bad: AtomicU64,
}

/// What a producer tells.
#[derive(Clone)]
struct Hearing(Arc<Deliveries>);

impl ClientContext for Hearing {}

impl ProducerContext for Hearing {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        let counter = if result.is_ok() { &self.0.good } else { &self.0.bad };
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

/// The time begins when one record went through: connecting is not what is measured.
fn produce(options: &KafkaOptions, topic: &str, samples: &[Sample], records: u64) -> anyhow::Result<Limit> {
    let deliveries = Arc::<Deliveries>::default();
    let hearing = Hearing(Arc::clone(&deliveries));
    let producer: ThreadedProducer<Hearing> = config(options).create_with_context(hearing)?;
    send(&producer, topic, samples.first().context("there is no record to send")?)?;
    producer.flush(LONGEST)?;
    let (watch, sent) = (Stopwatch::start(), usize::try_from(records)?);
    for sample in samples.iter().cycle().take(sent) {
        send(&producer, topic, sample)?;
    }
    producer.flush(LONGEST)?;
    let took = watch.elapsed();
    let (good, bad) = (deliveries.good.load(Ordering::Relaxed), deliveries.bad.load(Ordering::Relaxed));
    ensure!(good == records + 1 && bad == 0, "{good} records were acknowledged and {bad} not");
    Ok(Limit { records, took })
}

fn send(producer: &ThreadedProducer<Hearing>, topic: &str, sample: &Sample) -> anyhow::Result<()> {
    let mut record = BaseRecord::to(topic)
        .partition(sample.partition)
        .key(&sample.key)
        .payload(&sample.body)
        .headers(sample.headers.clone());
    loop {
        match producer.send(record) {
            Ok(()) => return Ok(()),
            Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back)) => record = back,
            Err((error, _)) => bail!(error),
        }
        std::thread::sleep(PAUSE);
    }
}

/// As the relay's producer.
fn config(options: &KafkaOptions) -> ClientConfig {
    let mut config = options.base_config();
    config
        .set("enable.idempotence", "true")
        .set("acks", "all")
        .set("enable.gapless.guarantee", "true")
        .set("message.timeout.ms", "60000")
        .set("message.max.bytes", "4194304")
        .set("linger.ms", "2")
        .set("compression.type", "lz4");
    config
}

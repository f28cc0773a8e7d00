//! The producer, and the thread that hears what becomes of its records.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use acta_application::log::{EXPORTED, Position};
use acta_application::relay::{Acknowledged, Lane, Offset, TopicRecord, TopicsError};
use rdkafka::config::{ClientConfig, RDKafkaLogLevel};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::DeliveryResult;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer, ProducerContext, PurgeConfig};
use rdkafka::{ClientContext, Message};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::{CancellationToken, DropGuard};
use tracing::Span;

use super::fault::{self, Words};
use super::headers;
use super::link::Link;
use crate::client::KafkaOptions;

/// How many bytes may be unacknowledged.
const ROOM: u32 = 32 * 1024 * 1024;
/// What a record takes of it at least, so that at most 20,000 are under way.
const LEAST: u32 = ROOM / 20_000;
/// How many acknowledgements are given at once at most.
const AT_ONCE: usize = 1_000;
/// How long the thread listens before it looks whether it is still needed.
const LISTENING: Duration = Duration::from_millis(100);

/// How records are sent together, where the operator does not say.
const BATCHES: [(&str, &str); 2] = [("linger.ms", "2"), ("compression.type", "lz4")];

/// What is kept of a record that is under way.
#[derive(Debug)]
pub(super) struct Sent {
    lane: Lane,
    position: Position,
    _room: OwnedSemaphorePermit,
    /// Lasts until the broker has the record.
    _span: Span,
}

/// Hears what librdkafka says of a producer.
pub(super) struct Hearing {
    link: Arc<Link>,
    acknowledged: UnboundedSender<Acknowledged>,
    /// Tells that the producer, with its connections, is gone.
    _gone: DropGuard,
}

impl ClientContext for Hearing {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        self.link.logged(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        // A record that the broker does not take is fatal too, so that none behind it is sent; what it was, its delivery says.
        if error.rdkafka_error_code() != Some(RDKafkaErrorCode::GaplessGuarantee) {
            self.link.reported(&error, reason);
        }
    }
}

impl ProducerContext for Hearing {
    type DeliveryOpaque = Box<Sent>;

    fn delivery(&self, result: &DeliveryResult<'_>, sent: Box<Sent>) {
        match result {
            Ok(message) => self.delivered(message.offset(), *sent),
            Err((error, _)) => self.failed(error, &sent),
        }
    }
}

impl Hearing {
    fn delivered(&self, offset: i64, sent: Sent) {
        match u64::try_from(offset) {
            Ok(offset) => {
                let Sent { lane, position, .. } = sent;
                let _receiver_may_be_gone =
                    self.acknowledged.send(Acknowledged { lane, offset: Offset(offset), position });
            }
            // librdkafka took a repetition for delivered, and does not know where: so neither do we.
            Err(_) => self.link.end(fault::unavailable(Words(format!(
                "a record for {} was acknowledged without its offset",
                sent.lane
            )))),
        }
    }

    fn failed(&self, error: &KafkaError, sent: &Sent) {
        match error.rdkafka_error_code() {
            // It was taken back, because of something else.
            Some(RDKafkaErrorCode::PurgeQueue | RDKafkaErrorCode::PurgeInflight) => {}
            _ => self.link.end(fault::of(&format!("a record for {}", sent.lane), error.clone())),
        }
    }
}

/// A producer that never sends again once a connection is lost.
pub(super) struct Sender {
    producer: Arc<BaseProducer<Hearing>>,
    link: Arc<Link>,
    room: Arc<Semaphore>,
    acknowledged: Mutex<UnboundedReceiver<Acknowledged>>,
    stop: CancellationToken,
}

impl Sender {
    /// A new producer, and a thread for it. `gone` is dropped when both are gone.
    pub(super) fn start(options: &KafkaOptions, gone: DropGuard) -> Result<Self, TopicsError> {
        let link = Arc::<Link>::default();
        let (sender, acknowledged) = unbounded_channel();
        let hearing = Hearing { link: link.clone(), acknowledged: sender, _gone: gone };
        let producer: BaseProducer<Hearing> =
            config(options).create_with_context(hearing).map_err(|error| fault::of("a producer", error))?;
        let this = Self {
            producer: Arc::new(producer),
            link,
            room: Arc::new(Semaphore::new(ROOM as usize)),
            acknowledged: Mutex::new(acknowledged),
            stop: CancellationToken::new(),
        };
        this.recall_on_loss();
        this.listen()?;
        Ok(this)
    }

    fn recall_on_loss(&self) {
        let producer = Arc::downgrade(&self.producer);
        self.link.on_loss(move || {
            if let Some(producer) = producer.upgrade() {
                recall(&producer);
            }
        });
    }

    fn listen(&self) -> Result<(), TopicsError> {
        let (producer, stop) = (self.producer.clone(), self.stop.clone());
        let listening = move || {
            while !stop.is_cancelled() {
                producer.poll(LISTENING);
            }
        };
        let thread = thread::Builder::new().name("kafka-relay".to_owned()).spawn(listening);
        thread.map(drop).map_err(fault::unavailable)
    }

    /// Whether its connections stand.
    pub(super) fn link(&self) -> &Arc<Link> {
        &self.link
    }

    /// Its client, to ask the broker something through its connections.
    pub(super) fn producer(&self) -> Arc<BaseProducer<Hearing>> {
        self.producer.clone()
    }

    /// Sends `record` into `lane` when there is room.
    pub(super) async fn send(&self, lane: &Lane, record: TopicRecord) -> Result<(), TopicsError> {
        let room = self.link.unless_over(self.room_for(&record)).await?;
        let span = span(lane, &record);
        let sent = Box::new(Sent { lane: lane.clone(), position: record.position, _room: room, _span: span });
        self.link
            .while_it_stands(|| self.hand_over(lane, &record, sent))?
            .inspect_err(|error| self.link.end(error.clone()))
    }

    async fn room_for(&self, record: &TopicRecord) -> Result<OwnedSemaphorePermit, TopicsError> {
        let room = u32::try_from(size(record)).unwrap_or(ROOM).clamp(LEAST, ROOM);
        Ok(self.room.clone().acquire_many_owned(room).await.expect("it is never closed"))
    }

    fn hand_over(&self, lane: &Lane, record: &TopicRecord, sent: Box<Sent>) -> Result<(), TopicsError> {
        let record = BaseRecord::with_opaque_to(lane.topic.as_str(), sent)
            .partition(i32::try_from(lane.partition).expect("Kafka numbers partitions with 31 bits"))
            .key(&record.key)
            .payload(&record.body)
            .headers(headers::owned(&record.headers));
        self.producer
            .send(record)
            .map_err(|(error, record)| fault::of(&format!("a record for {}", record.topic), error))
    }

    /// Waits for acknowledgements.
    pub(super) async fn acknowledged(&self) -> Result<Vec<Acknowledged>, TopicsError> {
        self.link.unless_over(self.next_acknowledged()).await
    }

    async fn next_acknowledged(&self) -> Result<Vec<Acknowledged>, TopicsError> {
        let mut some = Vec::new();
        self.acknowledged.lock().await.recv_many(&mut some, AT_ONCE).await;
        Ok(some)
    }
}

/// The rest, closing included, is the thread's.
impl Drop for Sender {
    fn drop(&mut self) {
        self.link.end(fault::unavailable(Words("it was given up".to_owned())));
        self.stop.cancel();
    }
}

/// The publication of `record`, in the trace of the request that its event follows from.
fn span(lane: &Lane, record: &TopicRecord) -> Span {
    let header = |wanted| {
        let found = record.headers.iter().find(|(name, _)| *name == wanted);
        found.map(|(_, value)| value.as_str())
    };
    tracing::info_span!(
        target: EXPORTED,
        "kafka.publish",
        otel.kind = "producer",
        traceparent = header("ce_traceparent"),
        tenant_id = header("ce_tenantid"),
        session_id = record.key,
        messaging.system = "kafka",
        messaging.destination.name = lane.topic.as_str(),
        position = record.position.get(),
    )
}

fn recall(producer: &BaseProducer<Hearing>) {
    producer.purge(PurgeConfig::default().queue().inflight());
}

fn size(record: &TopicRecord) -> usize {
    let headers: usize = record.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
    headers + record.key.len() + record.body.len()
}

fn config(options: &KafkaOptions) -> ClientConfig {
    let mut config = options.base_config();
    config
        .set("enable.idempotence", "true")
        .set("acks", "all")
        // Experimental only in name: a record that the broker does not take stops all behind it, in the same thread that heard it.
        .set("enable.gapless.guarantee", "true")
        // Long enough for a full room at half a megabyte a second. Then the records are taken back, and the places are found anew.
        .set("message.timeout.ms", "60000")
        // Several times what the log takes for an event: what is too large for the topic, the broker says.
        .set("message.max.bytes", "4194304");
    for (name, value) in BATCHES {
        if config.get(name).is_none() {
            config.set(name, value);
        }
    }
    config
}

//! Reads lanes.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use acta_application::relay::{Bounds, Found, Lane, Offset, TopicsError};
use rdkafka::config::{ClientConfig, RDKafkaLogLevel};
use rdkafka::consumer::{BaseConsumer, Consumer as _, ConsumerContext};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::BorrowedMessage;
use rdkafka::topic_partition_list::TopicPartitionList;
use rdkafka::{ClientContext, Message};

use super::fault::{self, Silence};
use super::link::Link;
use super::{bounds, headers};
use crate::client::{KafkaOptions, REQUEST_TIMEOUT};

/// How many records are read at once at most.
const PAGE: usize = 1_000;
/// How long a reader listens until it looks whether it still should.
const LISTENING: Duration = Duration::from_millis(100);
/// How many times it may hear nothing.
const SILENT: u128 = REQUEST_TIMEOUT.as_millis() / LISTENING.as_millis();

/// Hears what librdkafka says of a consumer.
struct Hearing(Arc<Link>);

impl ClientContext for Hearing {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        self.0.logged(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        if error.rdkafka_error_code() != Some(RDKafkaErrorCode::PartitionEOF) {
            self.0.reported(&error, reason);
        }
    }
}

impl ConsumerContext for Hearing {}

/// A consumer that reads one lane at a time.
struct Reader {
    consumer: BaseConsumer<Hearing>,
    link: Arc<Link>,
    /// Which lane it reads, and what comes next there.
    at: Option<(Lane, Offset)>,
}

/// What a poll gave.
enum Heard {
    Record(Found),
    End,
    Nothing,
}

impl Reader {
    fn start(options: &KafkaOptions, link: Arc<Link>) -> Result<Self, TopicsError> {
        let consumer = config(options)
            .create_with_context(Hearing(link.clone()))
            .map_err(|error| fault::of("a consumer", error))?;
        Ok(Self { consumer, link, at: None })
    }

    /// Up to a page of `lane` from `from` on.
    fn read(&mut self, lane: &Lane, from: Offset) -> Result<Vec<Found>, TopicsError> {
        let Some(from) = self.beginning(lane, from)? else { return Ok(Vec::new()) };
        if !self.stands_at(lane, from) {
            self.go_to(lane, from)?;
        }
        let (page, ended) = self.page(lane)?;
        self.at = page.last().filter(|_| !ended).map(|last| (lane.clone(), Offset(last.offset.0 + 1)));
        if ended {
            self.consumer.unassign().map_err(|error| fault::of("reading", error))?;
        }
        Ok(page)
    }

    /// From where on there is something. Asked through the consumer, which so learns at once where the lane's leader is: by itself
    /// it takes up to a second.
    fn beginning(&self, lane: &Lane, from: Offset) -> Result<Option<Offset>, TopicsError> {
        let Bounds { first, next } = bounds::of_lane(self.consumer.client(), lane)?;
        Ok(Some(from.max(first)).filter(|from| *from < next))
    }

    fn stands_at(&self, lane: &Lane, from: Offset) -> bool {
        self.at.as_ref().is_some_and(|(which, next)| which == lane && *next == from)
    }

    fn go_to(&mut self, lane: &Lane, from: Offset) -> Result<(), TopicsError> {
        self.at = None;
        let partition = i32::try_from(lane.partition).expect("Kafka numbers partitions with 31 bits");
        let offset =
            rdkafka::Offset::Offset(i64::try_from(from.0).expect("Kafka numbers records with 63 bits"));
        let mut assignment = TopicPartitionList::with_capacity(1);
        assignment
            .add_partition_offset(lane.topic.as_str(), partition, offset)
            .and_then(|()| self.consumer.assign(&assignment))
            .map_err(|error| fault::of(&format!("reading {lane}"), error))
    }

    fn page(&self, lane: &Lane) -> Result<(Vec<Found>, bool), TopicsError> {
        let mut page = Vec::with_capacity(PAGE);
        let mut silent = 0;
        while page.len() < PAGE {
            match self.hear(lane)? {
                Heard::Record(found) => page.push(found),
                Heard::End => return Ok((page, true)),
                Heard::Nothing if silent == SILENT => return Err(self.silence()),
                Heard::Nothing => silent += 1,
            }
        }
        Ok((page, false))
    }

    fn hear(&self, lane: &Lane) -> Result<Heard, TopicsError> {
        self.link.while_it_stands(|| ())?;
        match self.consumer.poll(LISTENING) {
            Some(Ok(message)) => found(lane, &message).map(Heard::Record),
            Some(Err(KafkaError::PartitionEOF(_))) => Ok(Heard::End),
            // Of what is wrong with a connection the link has heard, and says whether it matters.
            None | Some(Err(KafkaError::Global(_))) => Ok(Heard::Nothing),
            Some(Err(error)) => Err(fault::of(&format!("reading {lane}"), error)),
        }
    }

    fn silence(&self) -> TopicsError {
        fault::unavailable(Silence { within: REQUEST_TIMEOUT, last_words: self.link.last_words() })
    }
}

fn found(lane: &Lane, message: &BorrowedMessage<'_>) -> Result<Found, TopicsError> {
    let offset = Offset(u64::try_from(message.offset()).expect("a record that was read has an offset"));
    Found::from_headers(lane, offset, headers::pairs(message.headers()))
}

/// Readers that wait for the next lane.
pub(super) struct Readers {
    options: KafkaOptions,
    link: Arc<Link>,
    idle: Mutex<Vec<Reader>>,
}

impl Readers {
    /// None yet.
    pub(super) fn new(options: KafkaOptions, link: Arc<Link>) -> Self {
        Self { options, link, idle: Mutex::default() }
    }

    /// Up to a page of `lane` from `from` on. Blocks.
    pub(super) fn read(&self, lane: &Lane, from: Offset) -> Result<Vec<Found>, TopicsError> {
        let mut reader = match self.take(lane, from) {
            Some(reader) => reader,
            None => Reader::start(&self.options, self.link.clone())?,
        };
        let page = reader.read(lane, from)?;
        self.idle.lock().expect("nobody panics while it is held").push(reader);
        Ok(page)
    }

    /// The one that stands there already, or any.
    fn take(&self, lane: &Lane, from: Offset) -> Option<Reader> {
        let mut idle = self.idle.lock().expect("nobody panics while it is held");
        let there = idle.iter().position(|reader| reader.stands_at(lane, from));
        let free = || idle.iter().position(|reader| reader.at.is_none());
        there.or_else(free).or(idle.len().checked_sub(1)).map(|index| idle.swap_remove(index))
    }
}

fn config(options: &KafkaOptions) -> ClientConfig {
    let mut config = options.base_config();
    config
        // A consumer needs the name of a group; this one never joins it.
        .set("group.id", "acta.relay")
        .set("enable.auto.commit", "false")
        .set("enable.auto.offset.store", "false")
        .set("auto.offset.reset", "error")
        .set("enable.partition.eof", "true")
        .set("allow.auto.create.topics", "false")
        // Nobody writes transactions here; if somebody does, an open one must not hide our records.
        .set("isolation.level", "read_uncommitted")
        .set("check.crcs", "true")
        .set("fetch.wait.max.ms", "20")
        .set("queued.min.messages", "4000")
        .set("queued.max.messages.kbytes", "16384");
    config
}

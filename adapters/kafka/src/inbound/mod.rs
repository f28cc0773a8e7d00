//! Messages that arrive from outside: read from topics, handled in the order of their keys, committed when they had their effect.
//!
//! - Messages of one key in one partition form a *strand*: they are handled one after the other, strands side by side. A strand whose
//!   message cannot be handled at present waits and tries again; the others go on.
//! - What is committed is the offset behind the last of the unbroken run of finished messages. Whoever starts there may read some
//!   again, and misses none.
//! - A message is finished when its effect is durable, or when it is a [dead letter](DEAD_LETTERS) that the broker has acknowledged.
//! - Partitions come and go. What is held of one that goes is forgotten, unless it is being handled: handled twice has the same effect.

mod backoff;
mod callbacks;
mod dead_letters;
mod desk;
mod health;
mod logs;
mod message;
mod metered;
mod offsets;
mod others;
mod reader;
mod topics;
mod worker;

use std::sync::Arc;
use std::time::Duration;

use acta_application::clock::Clock;
use acta_application::inbound::Inbox;
use acta_application::relay::{TopicName, TopicsError};
use rdkafka::error::KafkaError;
use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::backoff::Backoff;
use self::callbacks::Callbacks;
use self::dead_letters::DeadLetters;
use self::desk::{Bounds, Desk};
use self::health::Teller;
use self::others::Others;
use self::reader::Reader;
use self::worker::Workshop;
use crate::client::KafkaOptions;

pub use self::dead_letters::DEAD_LETTERS;
pub use self::health::{BlockedStrand, InboundHealth, InboundState};

/// How many messages are handled at the same time.
const AT_WORK: usize = 64;

/// What is held of one partition before it gives no more for a while.
const HELD: Bounds = Bounds { messages: 1_000, bytes: 8 * 1024 * 1024 };

/// Whoever read for so long may hope that it goes well again.
const LASTING: Duration = Duration::from_mins(1);

/// What is read, and how.
#[derive(Debug, Clone)]
pub struct InboundOptions {
    /// The consumer group; instances of one service share it.
    pub group: String,
    /// What the topics' names begin with; may be empty.
    pub prefix: String,
    /// How long a message is given that may come right once others were handled, before it becomes a dead letter.
    pub patience: Duration,
}

impl Default for InboundOptions {
    fn default() -> Self {
        Self { group: "acta".to_owned(), prefix: String::new(), patience: Duration::from_mins(1) }
    }
}

/// Messages cannot be read.
#[derive(Debug, thiserror::Error)]
enum InboundError {
    /// The topics could not be made.
    #[error("the topics of messages from outside are not available")]
    Topics(#[from] TopicsError),
    /// The client cannot go on.
    #[error("messages from outside cannot be read")]
    Client(#[from] KafkaError),
}

/// Reads messages from outside and has them handled.
pub struct Inbound {
    kafka: KafkaOptions,
    options: InboundOptions,
    inbox: Arc<dyn Inbox>,
    clock: Arc<dyn Clock>,
    teller: Arc<Teller>,
}

impl Inbound {
    /// Reads from the broker of `kafka` for `inbox`. Nothing happens before [`Self::run`].
    pub fn new(
        kafka: KafkaOptions,
        options: InboundOptions,
        inbox: Arc<dyn Inbox>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { kafka, options, inbox, clock, teller: Arc::new(Teller::new()) }
    }

    /// Follows how the reading is.
    pub fn health(&self) -> watch::Receiver<InboundHealth> {
        self.teller.follow()
    }

    /// Reads until `stop`; then what is under way is finished and committed. A broker that is away is waited for.
    pub async fn run(self, stop: CancellationToken) {
        let (mut backoff, mut began) = (Backoff::new(), Instant::now());
        while let Err(error) = self.read(&stop).await {
            if began.elapsed() > LASTING {
                backoff = Backoff::new();
            }
            let reason = in_words(&error);
            tracing::warn!(reason, "messages from outside cannot be read at present");
            self.teller.waits(&reason);
            let waited = stop.run_until_cancelled(tokio::time::sleep(backoff.next())).await;
            if waited.is_none() {
                break;
            }
            began = Instant::now();
        }
        self.teller.stopped();
    }

    async fn read(&self, stop: &CancellationToken) -> Result<(), InboundError> {
        let topics = reader::topics(&self.options.prefix);
        let wanted = self.and_dead_letters(&topics);
        let made = topics::make_missing(&self.kafka, &wanted);
        let Some(made) = stop.run_until_cancelled(made).await else { return Ok(()) };
        made?;
        // Whatever still waits ends with this, also when nobody waits for us.
        let waiting = CancellationToken::new();
        let _ends_waiting = waiting.clone().drop_guard();
        let desk = Arc::new(Desk::new(HELD, waiting));
        let callbacks = Callbacks::new(Arc::clone(&desk), Arc::clone(&self.teller));
        let client = Arc::new(reader::join(&self.kafka, &self.options.group, &topics, callbacks)?);
        let others = Others::new(Arc::clone(&client), &topics);
        let reader = Reader {
            client,
            workshop: Arc::new(self.workshop(desk, others)),
            workers: TaskTracker::new(),
            teller: Arc::clone(&self.teller),
            prefix: self.options.prefix.clone(),
            commit: None,
        };
        Ok(reader.read(stop).await?)
    }

    fn and_dead_letters(&self, topics: &[TopicName]) -> Vec<TopicName> {
        let dead_letters = TopicName::new(&format!("{}{DEAD_LETTERS}", self.options.prefix));
        topics.iter().cloned().chain([dead_letters]).collect()
    }

    fn workshop(&self, desk: Arc<Desk>, others: Others) -> Workshop {
        let (kafka, clock) = (self.kafka.clone(), Arc::clone(&self.clock));
        Workshop {
            desk,
            inbox: Arc::clone(&self.inbox),
            dead_letters: DeadLetters::new(kafka, &self.options.prefix, clock),
            others,
            places: Semaphore::new(AT_WORK),
            patience: self.options.patience,
        }
    }
}

/// `error` and what caused it, in one line.
fn in_words(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

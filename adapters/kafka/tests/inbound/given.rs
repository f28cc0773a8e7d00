//! A governance service that publishes, an inbox that keeps what it was given, and a reader between them.

use std::collections::{BTreeMap, HashMap};
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use acta_application::UseCaseError;
use acta_application::clock::Clock;
use acta_application::inbound::{Failure, InboundMessage, Inbox, Reason, Verdict};
use acta_application::relay::TopicName;
use acta_domain::Timestamp;
use acta_kafka::client::KafkaOptions;
use acta_kafka::inbound::{DEAD_LETTERS, Inbound, InboundHealth, InboundOptions};
use acta_kafka::topics::create_topics;
use async_trait::async_trait;
use rdkafka::consumer::{Consumer as _, StreamConsumer};
use rdkafka::message::OwnedMessage;
use rdkafka::producer::{FutureProducer, FutureRecord};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// A topic of the governance service.
pub(crate) const VOTES: &str = "vote.started.v1";

/// Another one.
pub(crate) const VOTES_CLOSE: &str = "vote.closed.v1";

/// One whose messages come last.
pub(crate) const ENDS: &str = "assembly.completed.v1";

/// Longer than anything may take.
pub(crate) const LONG: Duration = Duration::from_mins(1);

/// A broker's topics whose names begin with a prefix that nobody else uses.
#[derive(Clone)]
pub(crate) struct Ground {
    pub(crate) brokers: String,
    pub(crate) prefix: String,
    pub(crate) partitions: u32,
    pub(crate) patience: Duration,
}

impl Ground {
    /// On whichever broker there is.
    pub(crate) async fn any() -> Self {
        Self::on(&acta_throwaway::Broker::any().await.expect("a broker"))
    }

    /// On the broker at `brokers`.
    pub(crate) fn on(brokers: &str) -> Self {
        let prefix = acta_throwaway::fresh_prefix();
        Self { brokers: brokers.to_owned(), prefix, partitions: 1, patience: LONG }
    }

    pub(crate) fn options(&self) -> KafkaOptions {
        KafkaOptions::new(&self.brokers, BTreeMap::new())
            .expect("no property")
            .with_replication(1)
            .with_partitions(self.partitions)
    }

    pub(crate) fn topic(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// Starts to read for `inbox`.
    pub(crate) fn read(&self, inbox: &Arc<Kept>) -> Reading {
        let options = InboundOptions {
            group: format!("{}readers", self.prefix),
            prefix: self.prefix.clone(),
            patience: self.patience,
        };
        let inbox: Arc<dyn Inbox> = Arc::<Kept>::clone(inbox);
        let inbound = Inbound::new(self.options(), options, inbox, Arc::new(Noon));
        let (health, stop) = (inbound.health(), CancellationToken::new());
        let task = tokio::spawn(inbound.run(stop.clone()));
        Reading { health, stop, task }
    }

    /// The governance service, whose topics are there.
    pub(crate) async fn governance(&self) -> Governance {
        let topics = [VOTES, ENDS].map(|name| TopicName::new(&self.topic(name)));
        create_topics(&self.options(), &topics).await.expect("they are made");
        let mut config = self.options().base_config();
        let producer = config.set("enable.idempotence", "true").create().expect("a producer");
        Governance { ground: self.clone(), producer }
    }

    /// The first `count` dead letters.
    pub(crate) async fn dead_letters(&self, count: usize) -> Vec<OwnedMessage> {
        let mut config = self.options().base_config();
        config.set("group.id", self.topic("auditor")).set("auto.offset.reset", "earliest");
        let consumer: StreamConsumer =
            config.set("enable.auto.commit", "false").create().expect("a consumer");
        consumer.subscribe(&[&self.topic(DEAD_LETTERS)]).expect("a topic");
        let mut letters = Vec::new();
        while letters.len() < count {
            if let Ok(letter) = timeout(LONG, consumer.recv()).await.expect("a dead letter") {
                letters.push(letter.detach());
            }
        }
        letters
    }
}

/// A reader that runs.
pub(crate) struct Reading {
    health: watch::Receiver<InboundHealth>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Reading {
    pub(crate) async fn is(&mut self, what: impl FnMut(&InboundHealth) -> bool) {
        let seen = timeout(LONG, self.health.wait_for(what)).await.is_ok();
        assert!(seen, "it is {:?}", self.health.borrow());
    }

    /// Ends it in good order.
    pub(crate) async fn end(self) {
        self.stop.cancel();
        timeout(LONG, self.task).await.expect("it ends").expect("it does not panic");
    }

    /// Ends it in the middle of whatever it does.
    pub(crate) async fn drop_dead(self) {
        self.task.abort();
        assert!(self.task.await.is_err_and(|error| error.is_cancelled()));
    }
}

/// The service that messages come from.
pub(crate) struct Governance {
    ground: Ground,
    producer: FutureProducer,
}

impl Governance {
    /// Publishes `body` under `key`, and waits until the broker has it.
    pub(crate) async fn says(&self, key: &str, body: &str) {
        self.publishes(VOTES, key, body).await;
    }

    pub(crate) async fn publishes(&self, topic: &str, key: &str, body: &str) {
        let topic = self.ground.topic(topic);
        let record = FutureRecord::to(&topic).key(key).payload(body);
        self.producer.send(record, LONG).await.expect("it is taken");
    }

    /// Publishes `1`, `2`, … to `last` under each of `keys`.
    pub(crate) async fn counts(&self, keys: &[&str], last: usize) {
        self.counts_on(keys, 1..=last).await;
    }

    /// Publishes `numbers` under each of `keys`.
    pub(crate) async fn counts_on(&self, keys: &[&str], numbers: RangeInclusive<usize>) {
        let all = numbers.flat_map(|n| keys.iter().map(move |key| (*key, n.to_string())));
        let all: Vec<_> = all.collect();
        let topic = self.ground.topic(VOTES);
        let sent = all.iter().map(|(key, body)| FutureRecord::to(&topic).key(*key).payload(body));
        let sent: Vec<_> =
            sent.map(|record| self.producer.send_result(record).expect("there is room")).collect();
        for delivery in sent {
            delivery.await.expect("an answer").expect("it is taken");
        }
    }
}

/// What an inbox answers to the n-th attempt, from 1, at a message.
type Rule = dyn Fn(&str, &str, usize) -> Verdict + Send + Sync;

/// An inbox that keeps what had an effect, by key and in order.
pub(crate) struct Kept {
    rule: Box<Rule>,
    attempts: Mutex<HashMap<(String, u64), usize>>,
    effects: watch::Sender<HashMap<String, Vec<String>>>,
}

impl Kept {
    /// Takes everything.
    pub(crate) fn all() -> Arc<Self> {
        Self::by(|_, _, _| done())
    }

    /// Answers by `rule`, from the key, the body, and which attempt it is.
    pub(crate) fn by(rule: impl Fn(&str, &str, usize) -> Verdict + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self { rule: Box::new(rule), attempts: Mutex::default(), effects: watch::Sender::default() })
    }

    /// Waits until `count` messages had an effect in all.
    pub(crate) async fn has(&self, count: usize) {
        self.is(|kept| kept.values().map(Vec::len).sum::<usize>() >= count).await;
    }

    pub(crate) async fn is(&self, what: impl FnMut(&HashMap<String, Vec<String>>) -> bool) {
        let mut kept = self.effects.subscribe();
        let seen = timeout(LONG, kept.wait_for(what)).await.is_ok();
        assert!(seen, "it has {:?}", self.effects.borrow());
    }

    /// What had an effect under `key`.
    pub(crate) fn under(&self, key: &str) -> Vec<String> {
        self.effects.borrow().get(key).cloned().unwrap_or_default()
    }
}

#[async_trait]
impl Inbox for Kept {
    async fn handle(&self, message: &InboundMessage) -> Verdict {
        let key = message.key.as_deref().map(String::from_utf8_lossy).unwrap_or_default().into_owned();
        let body = String::from_utf8_lossy(&message.body).into_owned();
        let attempt = {
            let mut attempts = self.attempts.lock().expect("nobody panics while it is held");
            let attempt = attempts.entry((message.topic.clone(), message.offset)).or_default();
            *attempt += 1;
            *attempt
        };
        let verdict = (self.rule)(&key, &body, attempt);
        if matches!(verdict, Verdict::Done { .. }) {
            self.effects.send_modify(|kept| kept.entry(key).or_default().push(body));
        }
        verdict
    }
}

pub(crate) fn done() -> Verdict {
    Verdict::Done { changed: true, position: None }
}

pub(crate) fn failing() -> Verdict {
    Verdict::Failing(Failure::UseCase(UseCaseError::Contended))
}

pub(crate) fn not_yet() -> Verdict {
    Verdict::NotYet(Reason::NoSession)
}

pub(crate) fn never() -> Verdict {
    Verdict::Never(Reason::NotAnObject)
}

/// `1`, `2`, … to `last`.
pub(crate) fn numbers(last: usize) -> Vec<String> {
    (1..=last).map(|n| n.to_string()).collect()
}

/// Whether `1`, `2`, … to `last` came in order, without gaps. Whatever came once may come again.
pub(crate) fn is_whole(seen: &[String], last: usize) -> bool {
    let mut highest = 0;
    for number in seen.iter().map(|number| number.parse::<usize>().expect("a number")) {
        if number > highest + 1 {
            return false;
        }
        highest = highest.max(number);
    }
    highest == last
}

struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        Timestamp::parse("2026-06-01T12:00:00Z").expect("a time")
    }
}

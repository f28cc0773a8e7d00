//! Reads messages as they come, and commits what is finished.

use std::sync::Arc;
use std::time::Duration;

use acta_application::inbound::GovernanceType;
use acta_application::relay::{Lane, TopicName};
use rdkafka::TopicPartitionList;
use rdkafka::consumer::{CommitMode, Consumer as _, StreamConsumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::callbacks::{Callbacks, to_list};
use super::health::{TOLD, Teller};
use super::message::held;
use super::worker::Workshop;
use crate::client::KafkaOptions;

/// How often what is finished is committed.
const COMMIT_EVERY: Duration = Duration::from_millis(200);

/// How long what is under way may take when the reading stops.
const FAREWELL: Duration = Duration::from_secs(10);

/// How long it may take to leave the group. A broker that is away finds out by itself that nobody is there.
const LEAVING: Duration = Duration::from_secs(5);

pub(super) type Client = StreamConsumer<Callbacks>;

/// A client that has joined the group `group`; it takes messages when it is polled.
pub(super) fn join(
    options: &KafkaOptions,
    group: &str,
    topics: &[TopicName],
    callbacks: Callbacks,
) -> Result<Client, KafkaError> {
    let mut config = options.base_config();
    config
        .set("group.id", group)
        .set("enable.auto.commit", "false")
        .set("enable.auto.offset.store", "false")
        .set("auto.offset.reset", "earliest")
        .set("allow.auto.create.topics", "false")
        .set("statistics.interval.ms", "1000");
    let by_default = [
        ("session.timeout.ms", "10000"),
        ("topic.metadata.refresh.interval.ms", "30000"),
        ("queued.max.messages.kbytes", "16384"),
    ];
    for (name, value) in by_default {
        if config.get(name).is_none() {
            config.set(name, value);
        }
    }
    let client: Client = config.create_with_context(callbacks)?;
    let names: Vec<&str> = topics.iter().map(TopicName::as_str).collect();
    client.subscribe(&names)?;
    Ok(client)
}

/// Reads for `workshop`.
pub(super) struct Reader {
    pub(super) client: Arc<Client>,
    pub(super) workshop: Arc<Workshop>,
    pub(super) workers: TaskTracker,
    pub(super) teller: Arc<Teller>,
    pub(super) prefix: String,
    /// Cancelled when the commit that was under way is over.
    pub(super) commit: Option<CancellationToken>,
}

impl Reader {
    /// Reads until `stop`, or until the client cannot go on.
    pub(super) async fn read(mut self, stop: &CancellationToken) -> Result<(), KafkaError> {
        let ended = self.read_on(stop).await;
        self.leave().await;
        ended
    }

    async fn read_on(&mut self, stop: &CancellationToken) -> Result<(), KafkaError> {
        let mut ticks = interval(COMMIT_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let client = Arc::clone(&self.client);
        loop {
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                _ = ticks.tick() => self.tick(),
                () = self.workshop.desk.room.notified() => self.resume()?,
                read = client.recv() => match read {
                    Ok(record) => self.take(&record)?,
                    Err(error) if is_the_end(&error) => return Err(error),
                    Err(error) => tracing::debug!(%error, "the broker is not there; the client tries again"),
                },
            }
        }
    }

    fn take(&self, record: &impl rdkafka::Message) -> Result<(), KafkaError> {
        let held = held(record, &self.prefix);
        let lane = held.lane.clone();
        let taken = self.workshop.desk.take(held);
        if let Some(strand) = taken.begin {
            let workshop = Arc::clone(&self.workshop);
            self.workers.spawn(async move { workshop.work_on(strand).await });
        }
        if taken.pause {
            self.client.pause(&named(&[lane]))?;
        }
        Ok(())
    }

    fn resume(&self) -> Result<(), KafkaError> {
        let lanes = self.workshop.desk.to_resume();
        if lanes.is_empty() { Ok(()) } else { self.client.resume(&named(&lanes)) }
    }

    fn tick(&mut self) {
        self.teller.blocks(self.workshop.desk.blocked(TOLD));
        if self.commit.as_ref().is_none_or(CancellationToken::is_cancelled) {
            self.commit = self.begin_commit();
        }
    }

    /// librdkafka tells only whoever waits whether a commit was taken.
    fn begin_commit(&self) -> Option<CancellationToken> {
        let finished = self.workshop.desk.to_commit();
        if finished.is_empty() {
            return None;
        }
        let (client, desk) = (Arc::clone(&self.client), Arc::clone(&self.workshop.desk));
        Some(apart(move || match client.commit(&to_list(&finished), CommitMode::Sync) {
            Ok(()) => desk.committed(&finished),
            Err(error) => {
                tracing::debug!(%error, "what is finished could not be committed; it is tried again");
            }
        }))
    }

    /// Finishes what is under way, commits, and leaves the group.
    async fn leave(mut self) {
        self.workshop.desk.close();
        self.workers.close();
        if timeout(FAREWELL, self.workers.wait()).await.is_err() {
            tracing::warn!("messages are still being handled; they are read again");
        }
        let (client, workshop) = (self.client, self.workshop);
        // Whoever drops the last of the client waits until it has committed what is finished and left the group.
        let left = async {
            if let Some(commit) = self.commit.take() {
                commit.cancelled().await;
            }
            apart(move || drop((workshop, client))).cancelled().await;
        };
        if timeout(LEAVING, left).await.is_err() {
            tracing::warn!("the group could not be left in time");
        }
    }
}

/// Does `work`, for which librdkafka may wait long for a broker that is away, on a thread that nobody has to wait for when the process
/// ends. What is given is cancelled when it is done.
fn apart(work: impl FnOnce() + Send + 'static) -> CancellationToken {
    let over = CancellationToken::new();
    let guard = over.clone().drop_guard();
    std::thread::spawn(move || {
        work();
        drop(guard);
    });
    over
}

/// Whether the client will not get over it by itself.
fn is_the_end(error: &KafkaError) -> bool {
    match error {
        KafkaError::MessageConsumptionFatal(_) => true,
        KafkaError::MessageConsumption(code) => !is_passing(*code),
        _ => false,
    }
}

/// Whether librdkafka gets over it by itself: it goes on connecting.
fn is_passing(code: RDKafkaErrorCode) -> bool {
    matches!(
        code,
        RDKafkaErrorCode::BrokerTransportFailure
            | RDKafkaErrorCode::AllBrokersDown
            | RDKafkaErrorCode::Resolve
            | RDKafkaErrorCode::OperationTimedOut
            | RDKafkaErrorCode::RequestTimedOut
            | RDKafkaErrorCode::NodeUpdate
            | RDKafkaErrorCode::AutoOffsetReset
            | RDKafkaErrorCode::LeaderNotAvailable
            | RDKafkaErrorCode::NotLeaderForPartition
            | RDKafkaErrorCode::CoordinatorNotAvailable
            | RDKafkaErrorCode::CoordinatorLoadInProgress
            | RDKafkaErrorCode::NotCoordinator
            | RDKafkaErrorCode::RebalanceInProgress
    )
}

fn named(lanes: &[Lane]) -> TopicPartitionList {
    let mut list = TopicPartitionList::with_capacity(lanes.len());
    for lane in lanes {
        let partition = i32::try_from(lane.partition).expect("a partition that was read has a small number");
        list.add_partition(lane.topic.as_str(), partition);
    }
    list
}

/// The topics that are read, behind `prefix`.
pub(super) fn topics(prefix: &str) -> Vec<TopicName> {
    GovernanceType::ALL.iter().map(|kind| TopicName::new(&format!("{prefix}{kind}"))).collect()
}

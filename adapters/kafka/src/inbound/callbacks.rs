//! What librdkafka tells the reader: partitions that come and go, how the group stands, and trouble.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use acta_application::relay::{Lane, TopicName};
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer as _, ConsumerContext, Rebalance};
use rdkafka::error::KafkaError;
use rdkafka::statistics::{Partition, Statistics};
use rdkafka::{ClientContext, Offset, TopicPartitionList};

use super::desk::Desk;
use super::health::{Standing, Teller};
use super::logs::Logs;

/// The reader's side of librdkafka. All of it is called while the reader polls.
pub(super) struct Callbacks {
    desk: Arc<Desk>,
    teller: Arc<Teller>,
    assigned: Mutex<BTreeSet<Lane>>,
    /// What went wrong last.
    trouble: Mutex<String>,
}

impl Callbacks {
    pub(super) fn new(desk: Arc<Desk>, teller: Arc<Teller>) -> Self {
        Self { desk, teller, assigned: Mutex::default(), trouble: Mutex::default() }
    }

    fn assigned(&self) -> MutexGuard<'_, BTreeSet<Lane>> {
        self.assigned.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn trouble(&self) -> MutexGuard<'_, String> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many messages of the assigned partitions are not finished.
    fn lag(&self, statistics: &Statistics) -> Option<u64> {
        self.assigned()
            .iter()
            .map(|lane| {
                let partition = i32::try_from(lane.partition).ok()?;
                let known = statistics.topics.get(lane.topic.as_str())?.partitions.get(&partition)?;
                self.unfinished(lane, known)
            })
            .sum()
    }

    fn unfinished(&self, lane: &Lane, known: &Partition) -> Option<u64> {
        let end = [known.ls_offset, known.hi_offset].into_iter().find(|end| *end >= 0)?;
        let read = [known.committed_offset, known.lo_offset].into_iter().find(|offset| *offset >= 0);
        let place = self.desk.place(lane).or(read)?;
        Some(u64::try_from(end - place).unwrap_or(0))
    }

    fn give_up(&self, consumer: &BaseConsumer<Self>, lanes: &[Lane]) {
        let mut finished = self.desk.to_commit();
        finished.retain(|(lane, _)| lanes.contains(lane));
        if !finished.is_empty()
            && let Err(error) = consumer.commit(&to_list(&finished), CommitMode::Async)
        {
            tracing::debug!(%error, "what is finished could not be committed; it is read again");
        }
        for lane in lanes {
            self.desk.give_up(lane);
            self.assigned().remove(lane);
        }
    }
}

impl ClientContext for Callbacks {
    fn log(&self, level: RDKafkaLogLevel, kind: &str, line: &str) {
        Logs.log(level, kind, line);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        Logs.error(error, reason);
        reason.clone_into(&mut self.trouble());
    }

    fn stats(&self, statistics: Statistics) {
        let Some(group) = &statistics.cgrp else { return };
        let standing = Standing { connected: group.state == "up", settled: group.join_state == "steady" };
        let lag = if standing.connected && standing.settled { self.lag(&statistics) } else { None };
        super::metered::lag(lag);
        self.teller.stands(standing, lag, &self.trouble());
    }
}

impl ConsumerContext for Callbacks {
    fn pre_rebalance(&self, consumer: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        if let Rebalance::Revoke(revoked) = rebalance {
            let lanes = lanes(revoked);
            tracing::info!(partitions = lanes.len(), "partitions are given up");
            self.give_up(consumer, &lanes);
        }
    }

    fn post_rebalance(&self, consumer: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        if let Rebalance::Assign(assigned) = rebalance {
            let lanes = lanes(assigned);
            tracing::info!(partitions = lanes.len(), "partitions are assigned");
            self.assigned().extend(lanes);
            // A partition that was paused when it was given up may still be.
            if let Err(error) = consumer.resume(assigned) {
                tracing::debug!(%error, "a partition could not be resumed");
            }
        }
    }
}

fn lanes(list: &TopicPartitionList) -> Vec<Lane> {
    let elements = list.elements();
    let lane = |topic, partition| {
        Some(Lane { topic: TopicName::new(topic), partition: u32::try_from(partition).ok()? })
    };
    elements.iter().filter_map(|element| lane(element.topic(), element.partition())).collect()
}

/// `offsets` as librdkafka wants them.
pub(super) fn to_list(offsets: &[(Lane, i64)]) -> TopicPartitionList {
    let mut list = TopicPartitionList::with_capacity(offsets.len());
    for (lane, offset) in offsets {
        let partition = i32::try_from(lane.partition).expect("a partition that was read has a small number");
        list.add_partition_offset(lane.topic.as_str(), partition, Offset::Offset(*offset))
            .expect("an offset that was read is valid");
    }
    list
}

//! The messages that were taken and are not finished: who may work on which, and when a partition gives no more for a while.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use acta_application::inbound::InboundMessage;
use acta_application::relay::Lane;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::offsets::{Offsets, Ticket};

/// What is held of one partition at most before it is paused.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// Messages.
    pub(super) messages: usize,
    /// Bytes of keys, headers and bodies.
    pub(super) bytes: usize,
}

/// A message that was read.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub(super) lane: Lane,
    pub(super) offset: i64,
    /// Bytes in memory, about.
    pub(super) size: usize,
    pub(super) message: Arc<InboundMessage>,
}

/// Messages with one key in one partition, which are handled in order, as long as the partition stays assigned.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Strand {
    lane: Lane,
    key: Option<Vec<u8>>,
    assignment: u64,
}

/// The longest key that is shown whole, in characters.
const SHOWN: usize = 64;

impl fmt::Display for Strand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(key) = &self.key else { return write!(f, "{} without a key", self.lane) };
        let key = String::from_utf8_lossy(key);
        let shown: String = key.chars().take(SHOWN).flat_map(char::escape_debug).collect();
        write!(f, "{} {shown}", self.lane)
    }
}

/// The message of a strand that is next.
#[derive(Debug, Clone)]
pub(super) struct Work {
    pub(super) held: Held,
    ticket: Ticket,
    /// Cancelled when this is no longer ours to do.
    pub(super) over: CancellationToken,
}

/// What is to be done because a message was taken.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Taken {
    /// Nobody works on this strand yet.
    pub(super) begin: Option<Strand>,
    /// The message's partition shall be paused.
    pub(super) pause: bool,
}

/// What of a partition is held.
#[derive(Debug)]
struct Partition {
    assignment: u64,
    offsets: Offsets,
    messages: usize,
    bytes: usize,
    paused: bool,
    over: CancellationToken,
}

#[derive(Debug, Default)]
struct State {
    /// Tells assignments, and what was read after a broker went back, apart.
    runs: u64,
    closed: bool,
    partitions: HashMap<Lane, Partition>,
    strands: HashMap<Strand, VecDeque<(Held, Ticket)>>,
    blocked: BTreeMap<Strand, &'static str>,
}

/// The messages that were taken and are not finished. The reader puts them here, workers take them from here strand by strand, and
/// the client's callbacks take a partition away.
#[derive(Debug)]
pub(super) struct Desk {
    bounds: Bounds,
    state: Mutex<State>,
    stop: CancellationToken,
    /// Told when a partition may be resumed.
    pub(super) room: Notify,
}

impl Desk {
    /// Nothing is held. When `stop` is cancelled, nothing is waited for any more.
    pub(super) fn new(bounds: Bounds, stop: CancellationToken) -> Self {
        Self { bounds, state: Mutex::default(), stop, room: Notify::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A message was read.
    pub(super) fn take(&self, held: Held) -> Taken {
        let mut state = self.state();
        let state = &mut *state;
        if state.closed {
            return Taken::default();
        }
        let partition = state.partitions.entry(held.lane.clone()).or_insert_with(|| {
            state.runs += 1;
            Partition::new(state.runs, self.stop.child_token())
        });
        if partition.offsets.has_passed(held.offset) {
            state.runs += 1;
            partition.offsets = Offsets::new(state.runs);
        }
        let ticket = partition.offsets.take(held.offset);
        let pause = partition.hold(held.size, self.bounds);
        let strand = held.strand(partition.assignment);
        let waiting = state.strands.get_mut(&strand);
        let begin = waiting.is_none().then(|| strand.clone());
        match waiting {
            Some(waiting) => waiting.push_back((held, ticket)),
            None => drop(state.strands.insert(strand, VecDeque::from([(held, ticket)]))),
        }
        Taken { begin, pause }
    }

    /// The next message of `strand`; [`None`] ends it.
    pub(super) fn next(&self, strand: &Strand) -> Option<Work> {
        let mut state = self.state();
        let next = if state.closed { None } else { state.front(strand) };
        if next.is_none() {
            state.strands.remove(strand);
        }
        next
    }

    /// The message that `work` is about is finished.
    pub(super) fn finish(&self, strand: &Strand, work: &Work) {
        let mut state = self.state();
        state.blocked.remove(strand);
        if let Some(waiting) = state.strands.get_mut(strand) {
            waiting.pop_front();
        }
        let Some(partition) = state.partitions.get_mut(&strand.lane) else { return };
        if partition.assignment == strand.assignment {
            partition.offsets.finish(work.ticket);
            partition.release(work.held.size);
            if partition.can_resume(self.bounds) {
                self.room.notify_one();
            }
        }
    }

    /// `strand` cannot go on at present, because of `reason`.
    pub(super) fn block(&self, strand: &Strand, reason: &'static str) {
        let mut state = self.state();
        if state.strands.contains_key(strand) {
            state.blocked.insert(strand.clone(), reason);
        }
    }

    /// The strands that cannot go on at present and why, up to `most` of them.
    pub(super) fn blocked(&self, most: usize) -> Vec<(String, &'static str)> {
        let state = self.state();
        state.blocked.iter().take(most).map(|(strand, reason)| (strand.to_string(), *reason)).collect()
    }

    /// The paused partitions that have room again; they count as resumed from now on.
    pub(super) fn to_resume(&self) -> Vec<Lane> {
        let mut state = self.state();
        let free = state.partitions.iter_mut().filter(|(_, partition)| partition.can_resume(self.bounds));
        free.map(|(lane, partition)| {
            partition.paused = false;
            lane.clone()
        })
        .collect()
    }

    /// Where each partition may be committed, unless it is already.
    pub(super) fn to_commit(&self) -> Vec<(Lane, i64)> {
        let state = self.state();
        let lanes = state.partitions.iter();
        lanes.filter_map(|(lane, held)| Some((lane.clone(), held.offsets.to_commit()?))).collect()
    }

    /// These were committed.
    pub(super) fn committed(&self, offsets: &[(Lane, i64)]) {
        let mut state = self.state();
        for (lane, offset) in offsets {
            if let Some(partition) = state.partitions.get_mut(lane) {
                partition.offsets.committed(*offset);
            }
        }
    }

    /// Where the reading of `lane` would start anew.
    pub(super) fn place(&self, lane: &Lane) -> Option<i64> {
        self.state().partitions.get(lane)?.offsets.place()
    }

    /// How many offsets of `lane` before `end` are not finished; [`None`] if nothing of it was read here.
    pub(super) fn left(&self, lane: &Lane, end: i64) -> Option<usize> {
        self.state().partitions.get(lane).map(|partition| partition.offsets.left(end))
    }

    /// Whether every message of `lane` before `end` was read here, and is finished or cannot go on at present. Those with a key that
    /// `must_be_done` must be finished.
    pub(super) fn is_through(
        &self,
        lane: &Lane,
        end: i64,
        must_be_done: impl Fn(Option<&[u8]>) -> bool,
    ) -> bool {
        let state = self.state();
        let Some(partition) = state.partitions.get(lane) else { return false };
        if !partition.offsets.has_passed(end - 1) {
            return false;
        }
        if partition.offsets.place().is_some_and(|place| place >= end) {
            return true;
        }
        let strands = state.strands.iter().filter(|(strand, _)| strand.lane == *lane);
        let mut before = strands.filter(|(_, held)| held.front().is_some_and(|(held, _)| held.offset < end));
        before.all(|(strand, _)| !must_be_done(strand.key.as_deref()) && state.blocked.contains_key(strand))
    }

    /// The partition `lane` is another's from now on. What is held of it is forgotten.
    pub(super) fn give_up(&self, lane: &Lane) {
        let mut state = self.state();
        if let Some(partition) = state.partitions.remove(lane) {
            partition.over.cancel();
        }
        state.strands.retain(|strand, _| strand.lane != *lane);
        state.blocked.retain(|strand, _| strand.lane != *lane);
    }

    /// Nothing is given out any more; what is under way may be finished.
    pub(super) fn close(&self) {
        self.state().closed = true;
        self.stop.cancel();
    }
}

impl State {
    fn front(&self, strand: &Strand) -> Option<Work> {
        let (held, ticket) = self.strands.get(strand)?.front()?.clone();
        let over = self.partitions.get(&strand.lane)?.over.clone();
        Some(Work { held, ticket, over })
    }
}

impl Held {
    fn strand(&self, assignment: u64) -> Strand {
        Strand { lane: self.lane.clone(), key: self.message.key.clone(), assignment }
    }
}

impl Partition {
    fn new(assignment: u64, over: CancellationToken) -> Self {
        Self { assignment, offsets: Offsets::new(assignment), messages: 0, bytes: 0, paused: false, over }
    }

    /// Whether this one made it too much.
    fn hold(&mut self, size: usize, bounds: Bounds) -> bool {
        self.messages += 1;
        self.bytes += size;
        let full = self.messages >= bounds.messages || self.bytes >= bounds.bytes;
        full && !std::mem::replace(&mut self.paused, true)
    }

    fn release(&mut self, size: usize) {
        self.messages -= 1;
        self.bytes -= size;
    }

    fn can_resume(&self, bounds: Bounds) -> bool {
        self.paused && self.messages <= bounds.messages / 2 && self.bytes <= bounds.bytes / 2
    }
}

#[cfg(test)]
mod tests;

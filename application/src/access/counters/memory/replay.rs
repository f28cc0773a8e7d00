//! What was used once, in memory.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use acta_domain::Timestamp;
use async_trait::async_trait;

use crate::access::{CountersError, ReplayCache, ReplayKey};

/// As many uses as are remembered by default.
const MOST: NonZeroUsize = NonZeroUsize::new(1_000_000).expect("it is not zero");
/// Requests that go on at the same time seldom meet in one of sixteen.
const SHARDS: usize = 16;
/// How many uses whose time is over are forgotten with each that comes: more than one, so that what is kept is soon only what counts,
/// and few, so that nobody waits for it.
const SWEPT: usize = 32;

/// What is kept of a key: enough that nobody finds two that agree.
type Short = [u8; 16];
/// Seconds since the Unix epoch.
type Second = u32;

/// Remembers uses for one instance, at most so many, 1,000,000 by default.
///
/// A use is remembered until the end of the second in which its time is over. One takes 50 to 80 bytes: 16 of its key and 4 of its
/// time in a hash table that is between half full and full, and 16 of its key once more in a list of those that end in the same second.
/// So those whose time is over are found without a look at the others; they leave first. When all that are there still count, a
/// new one is [`CountersError::Full`]: to forget one would let it be used again.
#[derive(Debug)]
pub struct MemoryReplayCache {
    shards: [Mutex<Shard>; SHARDS],
    count: AtomicUsize,
    most: usize,
}

impl Default for MemoryReplayCache {
    fn default() -> Self {
        Self::new(MOST)
    }
}

impl MemoryReplayCache {
    /// Nothing was used yet; at most `most` uses are remembered.
    pub fn new(most: NonZeroUsize) -> Self {
        Self { shards: Default::default(), count: AtomicUsize::new(0), most: most.get() }
    }

    /// How many uses are kept now; a few of them may be over.
    pub fn kept(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    /// Whether this is the first use of `key`, without waiting; see [`ReplayCache::first_use`].
    ///
    /// # Errors
    /// [`CountersError::Full`].
    pub fn first_use_now(
        &self,
        key: ReplayKey,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, CountersError> {
        let (short, now) = (short(key), begun(now));
        if !self.has_room() {
            self.sweep(now);
        }
        let mut shard = self.shard(usize::from(short[0]) % SHARDS);
        self.forget(&mut shard, now);
        match shard.ends.get(&short) {
            Some(end) if *end > now => return Ok(false),
            Some(_) => {}
            None => self.make_room()?,
        }
        shard.remember(short, ended(until));
        Ok(true)
    }

    fn shard(&self, number: usize) -> MutexGuard<'_, Shard> {
        self.shards[number].lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn has_room(&self) -> bool {
        self.kept() < self.most
    }

    /// Counts one more, if it may be.
    fn make_room(&self) -> Result<(), CountersError> {
        let more = |count| (count < self.most).then_some(count + 1);
        let counted = self.count.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
        counted.map(drop).map_err(|_| CountersError::Full)
    }

    /// Forgets a few in every shard.
    fn sweep(&self, now: Second) {
        for number in 0..SHARDS {
            self.forget(&mut self.shard(number), now);
        }
    }

    fn forget(&self, shard: &mut Shard, now: Second) {
        self.count.fetch_sub(shard.forget(now), Ordering::Relaxed);
    }
}

/// A part of what was used.
#[derive(Debug, Default)]
struct Shard {
    /// From which second on it counts no more.
    ends: HashMap<Short, Second>,
    /// The same the other way round. A key that was used anew is in two lists.
    ending: BTreeMap<Second, Vec<Short>>,
}

impl Shard {
    fn remember(&mut self, key: Short, end: Second) {
        self.ends.insert(key, end);
        self.ending.entry(end).or_default().push(key);
    }

    /// Forgets at most so many whose time is over, the oldest first, and tells how many it were.
    fn forget(&mut self, now: Second) -> usize {
        let before = self.ends.len();
        for _ in 0..SWEPT {
            let Some(mut oldest) = self.ending.first_entry().filter(|oldest| *oldest.key() <= now) else {
                break;
            };
            let Some(key) = oldest.get_mut().pop() else {
                oldest.remove();
                continue;
            };
            if self.ends.get(&key).is_some_and(|end| *end <= now) {
                self.ends.remove(&key);
            }
        }
        before - self.ends.len()
    }
}

fn short(ReplayKey(key): ReplayKey) -> Short {
    *key.first_chunk().expect("it is 32 bytes long")
}

/// The second that has begun.
fn begun(moment: Timestamp) -> Second {
    Second::try_from(moment.as_micros().div_euclid(1_000_000)).unwrap_or(Second::MAX)
}

/// The first second that begins at or after the moment.
fn ended(moment: Timestamp) -> Second {
    Second::try_from((moment.as_micros() + 999_999).div_euclid(1_000_000)).unwrap_or(Second::MAX)
}

#[async_trait]
impl ReplayCache for MemoryReplayCache {
    async fn first_use(
        &self,
        key: ReplayKey,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, CountersError> {
        self.first_use_now(key, until, now)
    }
}

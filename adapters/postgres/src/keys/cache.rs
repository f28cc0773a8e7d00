//! The unwrapped keys of those who are busy now, and for how long they may be used without asking again.

use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use acta_application::persons::KeyState;
use lru::LruCache;
use tokio::time::Instant;

use super::table::Owner;

#[cfg(test)]
mod tests;

/// Keys kept at most; the one that was not used for longest goes first.
const MOST_KEYS: NonZeroUsize = NonZeroUsize::new(16_384).expect("not zero");

/// For how long a key is used after it was last certain that nobody had erased it.
pub(super) const TRUST: Duration = Duration::from_secs(5);

/// A bounded cache of what is known of keys. Keys are wiped from memory when the last user lets go of them.
///
/// A key in it is certain as of two moments: when the statement that read it was sent, and when the last beat was sent that came
/// back (see [`follow`](super::follow)). [`TRUST`] counts from the later one. That a key was erased is certain for good.
pub(super) struct Cache(Mutex<Inner>);

struct Inner {
    known: LruCache<Owner, Known>,
    /// Counts erasures: what was read before one must not be kept after it.
    generation: u64,
    /// All erasures that were committed before this moment are known here.
    heard_at: Option<Instant>,
}

struct Known {
    state: KeyState,
    read_at: Instant,
}

/// What a reader was told before it asked the database.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    generation: u64,
    at: Instant,
}

impl Cache {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Inner { known: LruCache::new(MOST_KEYS), generation: 0, heard_at: None }))
    }

    /// What is known of `owner` and certain enough at `now`.
    pub(super) fn get(&self, owner: &Owner, now: Instant) -> Option<KeyState> {
        let mut inner = self.lock();
        let heard_at = inner.heard_at;
        let known = inner.known.get(owner)?;
        let certain_at = heard_at.map_or(known.read_at, |heard| heard.max(known.read_at));
        let for_good = matches!(known.state, KeyState::Erased { .. });
        if for_good || now.saturating_duration_since(certain_at) < TRUST {
            return Some(known.state.clone());
        }
        inner.known.pop(owner);
        None
    }

    /// To be asked before keys are read from the database.
    pub(super) fn reading(&self, now: Instant) -> Reading {
        Reading { generation: self.lock().generation, at: now }
    }

    /// Keeps what was read, unless something was erased meanwhile.
    pub(super) fn keep_if(&self, reading: Reading, owner: &Owner, state: &KeyState) {
        let mut inner = self.lock();
        if inner.generation == reading.generation && !matches!(state, KeyState::Absent) {
            inner.known.put(*owner, Known { state: state.clone(), read_at: reading.at });
        }
    }

    /// Forgets the key of `owner`, and what is being read just now.
    pub(super) fn forget(&self, owner: &Owner) {
        let mut inner = self.lock();
        inner.generation += 1;
        inner.known.pop(owner);
    }

    /// Forgets all: erasures may have gone unheard.
    pub(super) fn forget_all(&self) {
        let mut inner = self.lock();
        inner.generation += 1;
        inner.known.clear();
    }

    /// Every erasure that was committed before `moment` was heard.
    pub(super) fn heard(&self, moment: Instant) {
        let mut inner = self.lock();
        inner.heard_at = inner.heard_at.max(Some(moment));
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().expect("nothing panics while it holds the cache")
    }
}

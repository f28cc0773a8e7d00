//! The unwrapped keys of those who are busy now.

use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard};

use acta_application::persons::KeyState;
use lru::LruCache;

use super::table::Owner;

/// Keys kept at most; the one that was not used for longest goes first.
const MOST_KEYS: NonZeroUsize = NonZeroUsize::new(16_384).expect("not zero");

/// A bounded cache of what is known of keys. Keys are wiped from memory when the last user lets go of them.
pub(super) struct Cache(Mutex<Inner>);

struct Inner {
    states: LruCache<Owner, KeyState>,
    // Counts erasures: what was read before one must not be kept after it.
    generation: u64,
}

impl Cache {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Inner { states: LruCache::new(MOST_KEYS), generation: 0 }))
    }

    pub(super) fn get(&self, owner: &Owner) -> Option<KeyState> {
        self.lock().states.get(owner).cloned()
    }

    /// To be asked before a key is read from the database.
    pub(super) fn generation(&self) -> u64 {
        self.lock().generation
    }

    /// Keeps what was read, unless something was erased meanwhile.
    pub(super) fn keep_if(&self, seen: u64, owner: &Owner, state: &KeyState) {
        let mut inner = self.lock();
        if inner.generation == seen && !matches!(state, KeyState::Absent) {
            inner.states.put(*owner, state.clone());
        }
    }

    /// Forgets the keys of `owners`, and what is being read just now.
    pub(super) fn forget<'a>(&self, owners: impl Iterator<Item = &'a Owner>) {
        let mut inner = self.lock();
        inner.generation += 1;
        for owner in owners {
            inner.states.pop(owner);
        }
    }

    /// Forgets all: the state of the database is not known.
    pub(super) fn forget_all(&self) {
        let mut inner = self.lock();
        inner.generation += 1;
        inner.states.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().expect("nothing panics while it holds the cache")
    }
}

//! Tokens whose signatures need not be checked again.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use acta_application::access::VerifiedToken;
use lru::LruCache;

use crate::jwt::{KeySet, Times};

const MOST: NonZeroUsize = NonZeroUsize::new(10_000).expect("10,000 is not zero");

/// A token that was good when it was checked.
#[derive(Clone)]
pub(super) struct SeenToken {
    /// Whose it is, as a place in the list of issuers.
    pub(super) issuer: usize,
    /// The keys that it was checked with; under others it must be checked again.
    pub(super) keys: Arc<KeySet>,
    pub(super) times: Times,
    pub(super) token: VerifiedToken,
}

/// Tokens that were good, by their SHA-256; those not seen for longest leave first.
pub(super) struct SeenTokens(Mutex<LruCache<[u8; 32], SeenToken>>);

impl SeenTokens {
    pub(super) fn new() -> Self {
        Self(Mutex::new(LruCache::new(MOST)))
    }

    pub(super) fn get(&self, digest: &[u8; 32]) -> Option<SeenToken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(digest).cloned()
    }

    pub(super) fn put(&self, digest: [u8; 32], seen: SeenToken) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).put(digest, seen);
    }
}

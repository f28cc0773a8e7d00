//! Session trees: the frontier of each stays in memory, so that a head costs what was appended since the last one.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use acta_domain::{SessionId, TenantId};
use acta_proof::commitment::Commitment;
use acta_proof::entry::Entry;
use acta_proof::tree::{Frontier, Hash};
use lru::LruCache;

use crate::log::{EventLog, LogError, SessionIndex};

const PAGE: usize = 10_000;

/// The frontiers of session trees, the least recently used leaving first.
pub(super) struct Frontiers {
    log: Arc<dyn EventLog>,
    known: Mutex<LruCache<SessionId, Frontier>>,
}

impl Frontiers {
    pub(super) fn new(log: Arc<dyn EventLog>, most: NonZeroUsize) -> Self {
        Self { log, known: Mutex::new(LruCache::new(most)) }
    }

    /// The frontier over all events that are durable now.
    pub(super) async fn current(&self, tenant: TenantId, session: SessionId) -> Result<Frontier, LogError> {
        let mut frontier = self.lock().get(&session).cloned().unwrap_or_default();
        loop {
            let size = frontier.size();
            let page = self.log.commitments(tenant, session, SessionIndex::new(size), PAGE).await?;
            frontier.extend((size..).zip(&page).map(|(index, commitment)| leaf(index, *commitment)));
            if page.len() < PAGE {
                break;
            }
        }
        let mut known = self.lock();
        if known.peek(&session).is_none_or(|older| older.size() < frontier.size()) {
            known.put(session, frontier.clone());
        }
        Ok(frontier)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, LruCache<SessionId, Frontier>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The first `size` commitments of a session, or as many as there are.
pub(super) async fn commitments(
    log: &dyn EventLog,
    tenant: TenantId,
    session: SessionId,
    size: u64,
) -> Result<Vec<Commitment>, LogError> {
    let mut all = Vec::new();
    while (all.len() as u64) < size {
        let missing = usize::try_from(size - all.len() as u64).unwrap_or(PAGE).min(PAGE);
        let from = SessionIndex::new(all.len() as u64);
        let page = log.commitments(tenant, session, from, missing).await?;
        if page.is_empty() {
            break;
        }
        all.extend(page);
    }
    Ok(all)
}

/// The leaves that stand over `commitments`.
pub(super) fn leaves(commitments: &[Commitment]) -> Vec<Hash> {
    (0..).zip(commitments).map(|(index, commitment)| leaf(index, *commitment)).collect()
}

fn leaf(index: u64, commitment: Commitment) -> Hash {
    Entry { index, commitment }.leaf_hash()
}

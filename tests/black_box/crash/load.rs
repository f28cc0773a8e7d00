//! How much the clients do, and how far they are.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;

use crate::service::PATIENCE;

/// How many commands may be sent, and how many were acknowledged.
pub(super) struct Load {
    granted: Semaphore,
    acknowledged: watch::Sender<u64>,
    /// The highest position that was ever acknowledged.
    highest: AtomicU64,
    replayed: AtomicU64,
    over: CancellationToken,
}

impl Load {
    pub(super) fn new() -> Self {
        Self {
            granted: Semaphore::new(0),
            acknowledged: watch::Sender::new(0),
            highest: AtomicU64::new(0),
            replayed: AtomicU64::new(0),
            over: CancellationToken::new(),
        }
    }

    /// Lets the clients send so many more commands.
    pub(super) fn grant(&self, commands: usize) {
        self.granted.add_permits(commands);
    }

    /// Nothing more is wanted.
    pub(super) fn end(&self) {
        self.granted.close();
        self.over.cancel();
    }

    /// Waits until one more command may be sent; false if nothing more is wanted.
    pub(super) async fn take(&self) -> bool {
        self.granted.acquire().await.map(tokio::sync::SemaphorePermit::forget).is_ok()
    }

    /// Notes an acknowledgement, and whether it was one that had been lost before.
    pub(super) fn note(&self, position: u64, is_replay: bool) {
        self.highest.fetch_max(position, Ordering::SeqCst);
        self.replayed.fetch_add(u64::from(is_replay), Ordering::SeqCst);
        self.acknowledged.send_modify(|count| *count += 1);
    }

    pub(super) fn highest(&self) -> u64 {
        self.highest.load(Ordering::SeqCst)
    }

    pub(super) fn acknowledged(&self) -> u64 {
        *self.acknowledged.borrow()
    }

    pub(super) fn replayed(&self) -> u64 {
        self.replayed.load(Ordering::SeqCst)
    }

    /// Waits until so many were acknowledged since the beginning.
    pub(super) async fn reaches(&self, count: u64) {
        let mut acknowledged = self.acknowledged.subscribe();
        let reached = tokio::time::timeout(PATIENCE, acknowledged.wait_for(|now| *now >= count)).await;
        reached.expect("commands are acknowledged").expect("the sender is here");
    }

    /// Waits until so many were acknowledged since the beginning; false if it is over before.
    pub(super) async fn goes_on_to(&self, count: u64) -> bool {
        let mut acknowledged = self.acknowledged.subscribe();
        tokio::select! {
            reached = acknowledged.wait_for(|now| *now >= count) => reached.is_ok(),
            () = self.over.cancelled() => false,
        }
    }
}

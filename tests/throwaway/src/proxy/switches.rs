//! What a proxy is told to do, and what it did.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

/// Whose answer is lost next.
#[derive(Debug)]
enum Loss {
    /// A request with these bytes in it.
    Containing(Vec<u8>),
    /// The request with this number since the start.
    Request(u64),
    /// A request of this kind to a Kafka broker.
    Kind(i16),
}

/// Shared by a proxy and its connections.
#[derive(Debug, Default)]
pub(super) struct Switches {
    loss: Mutex<Option<Loss>>,
    delay: Mutex<Duration>,
    requests: AtomicU64,
    lost: watch::Sender<u64>,
}

impl Switches {
    pub(super) fn lose_answer_to(&self, bytes: Vec<u8>) {
        *locked(&self.loss) = Some(Loss::Containing(bytes));
    }

    pub(super) fn cut_answer_of_message(&self, number: u64) {
        let mut loss = locked(&self.loss);
        *loss = Some(Loss::Request(self.requests() + number));
    }

    pub(super) fn lose_answer_to_kind(&self, kind: i16) {
        *locked(&self.loss) = Some(Loss::Kind(kind));
    }

    pub(super) fn set_delay(&self, delay: Duration) {
        *locked(&self.delay) = delay;
    }

    pub(super) fn delay(&self) -> Duration {
        *locked(&self.delay)
    }

    pub(super) fn requests(&self) -> u64 {
        self.requests.load(Ordering::SeqCst)
    }

    pub(super) fn lost(&self) -> u64 {
        *self.lost.borrow()
    }

    pub(super) async fn wait_until_lost(&self, count: u64) {
        let mut lost = self.lost.subscribe();
        lost.wait_for(|lost| *lost >= count).await.expect("the sender is here");
    }

    pub(super) fn count_loss(&self) {
        self.lost.send_modify(|lost| *lost += 1);
    }

    /// Counts a request that begins, and gives its number.
    pub(super) fn begin_request(&self) -> u64 {
        let _order = locked(&self.loss);
        self.requests.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// Whether the answer to this request is to be lost; says so once. `bytes` are the request's up to now, of which `new` came last.
    pub(super) fn takes_answer(&self, number: u64, bytes: &[u8], new: usize) -> bool {
        let mut loss = locked(&self.loss);
        let met = match &*loss {
            None | Some(Loss::Kind(_)) => false,
            Some(Loss::Request(wanted)) => number == *wanted,
            Some(Loss::Containing(wanted)) => contains(recent(bytes, new + wanted.len()), wanted),
        };
        if met {
            *loss = None;
        }
        met
    }

    /// Whether the answer to a request of this kind is to be lost; says so once.
    pub(super) fn takes_answer_of_kind(&self, kind: i16) -> bool {
        locked(&self.loss).take_if(|loss| matches!(loss, Loss::Kind(wanted) if *wanted == kind)).is_some()
    }
}

/// The last bytes, as many as there are up to `count`.
fn recent(bytes: &[u8], count: usize) -> &[u8] {
    &bytes[bytes.len().saturating_sub(count)..]
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    wanted.is_empty() || bytes.windows(wanted.len()).any(|window| window == wanted)
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

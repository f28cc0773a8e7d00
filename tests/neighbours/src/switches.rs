//! What is told to a neighbour that is played, and what it noted.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::{Fault, Received, contract};

/// Says what goes wrong with a neighbour, and shows what it received. Clones are of the same neighbour.
#[derive(Clone)]
pub struct Switches(Arc<Inner>);

struct Inner {
    /// Counted, so that setting the same fault again is a change as well.
    fault: watch::Sender<(u64, Fault)>,
    /// The last change that the listener has carried out.
    carried_out: watch::Sender<u64>,
    notes: Mutex<Notes>,
}

#[derive(Default)]
struct Notes {
    own_time: Duration,
    failures_left: usize,
    received: Vec<Received>,
    breaches: Vec<String>,
}

impl Switches {
    pub(crate) fn new() -> Self {
        let (fault, carried_out) = (watch::Sender::new((0, Fault::None)), watch::Sender::new(0));
        Self(Arc::new(Inner { fault, carried_out, notes: Mutex::default() }))
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.0.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From the return on, this goes wrong.
    pub async fn set(&self, fault: Fault) {
        if let Fault::StatusTimes(_, times) = fault {
            self.notes().failures_left = times;
        }
        let mut carried_out = self.0.carried_out.subscribe();
        self.0.fault.send_modify(|(number, each)| (*number, *each) = (*number + 1, fault));
        let number = self.0.fault.borrow().0;
        // An error would mean that the sender is gone, which is in `self`.
        let _ = carried_out.wait_for(|done| *done >= number).await;
    }

    /// What goes wrong now.
    pub fn fault(&self) -> Fault {
        self.0.fault.borrow().1
    }

    /// How long it takes over every answer from now on.
    pub fn set_own_time(&self, own_time: Duration) {
        self.notes().own_time = own_time;
    }

    /// What it received until now, in the order in which it came.
    pub fn received(&self) -> Vec<Received> {
        self.notes().received.clone()
    }

    /// How many requests it received until now.
    pub fn count(&self) -> usize {
        self.notes().received.len()
    }

    /// Forgets what it received.
    pub fn forget(&self) {
        self.notes().received.clear();
    }

    /// Fails if something that came was not as agreed.
    #[track_caller]
    pub fn assert_contract_kept(&self) {
        let breaches = self.notes().breaches.clone();
        assert!(breaches.is_empty(), "the contract was broken: {breaches:#?}");
    }

    pub(crate) fn note(&self, request: &Received) {
        let mut notes = self.notes();
        notes.breaches.extend(contract::breaches(request));
        notes.received.push(request.clone());
    }

    pub(crate) fn own_time(&self) -> Duration {
        self.notes().own_time
    }

    /// Whether one more of the failures of [`Fault::StatusTimes`] is due.
    pub(crate) fn take_failure(&self) -> bool {
        let mut notes = self.notes();
        let is_due = notes.failures_left > 0;
        notes.failures_left -= usize::from(is_due);
        is_due
    }

    pub(crate) fn changes(&self) -> watch::Receiver<(u64, Fault)> {
        self.0.fault.subscribe()
    }

    pub(crate) fn carried_out(&self, number: u64) {
        self.0.carried_out.send_replace(number);
    }
}

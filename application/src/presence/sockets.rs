//! What this instance's sockets see of people, on its way to the record.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use acta_domain::{PersonId, SessionId, Sign, Signal, SignalSource, TenantId, Timestamp};
use metrics::{counter, describe_counter};
use tokio::sync::mpsc;

use super::Place;
use crate::attendance::EvidenceKey;
use crate::leases::HolderId;
use crate::log::Actor;

const SIGNALS: &str = "acta_presence_signals_total";
const LOST: &str = "acta_presence_signals_lost_total";

/// Most signals that wait to be recorded: the arrivals of a full instance, and more.
const WAITING: usize = 32_768;

/// Notes what the sockets of one instance see. Never waits: what cannot be kept is counted and lost.
#[derive(Clone)]
pub struct SocketSignals {
    key: EvidenceKey,
    instance: HolderId,
    waiting: mpsc::Sender<SocketSignal>,
    /// Whether signals are being lost: only the first of a row is warned of.
    losing: Arc<AtomicBool>,
}

/// A signal of a socket to a session.
#[derive(Debug)]
pub(super) struct SocketSignal {
    pub(super) tenant: TenantId,
    pub(super) session: SessionId,
    pub(super) signal: Signal,
}

impl SocketSignals {
    /// For `instance`, whose channels are named by `key`; what is noted comes out at the other end.
    pub(super) fn new(key: EvidenceKey, instance: HolderId) -> (Self, mpsc::Receiver<SocketSignal>) {
        describe_counter!(SIGNALS, "Signals of sockets that were put on the record");
        describe_counter!(LOST, "Signals of sockets that could not be put on the record");
        let (waiting, taken) = mpsc::channel(WAITING);
        (Self { key, instance, waiting, losing: Arc::default() }, taken)
    }

    /// A person's first socket to a session, or the end of the last one, at `at`. Services have no presence.
    pub(super) fn note(&self, place: &Place, sign: Sign, at: Timestamp) {
        let Place { tenant, session, actor: Actor::Person(person) } = *place else {
            return;
        };
        let signal = self.signal(session, person, sign, at);
        if self.waiting.try_send(SocketSignal { tenant, session, signal }).is_err() {
            lost(1);
            if !self.losing.swap(true, Ordering::Relaxed) {
                tracing::warn!("who comes and goes by sockets cannot all be put on the record any more");
            }
        } else if self.waiting.capacity() > WAITING / 2 {
            self.losing.store(false, Ordering::Relaxed);
        }
    }

    fn signal(&self, session: SessionId, person_id: PersonId, sign: Sign, observed_at: Timestamp) -> Signal {
        let (session, person) = (session.as_uuid(), person_id.as_uuid());
        let parts = [self.instance.0.as_bytes().as_slice(), session.as_bytes(), person.as_bytes()];
        let source = SignalSource::Socket;
        let channel = self.key.channel(source.as_str(), &parts);
        Signal { person_id, observed_at, source, channel, sign }
    }
}

/// So many signals are on the record.
pub(super) fn kept(signals: usize) {
    counter!(SIGNALS).increment(signals as u64);
}

/// So many signals are lost.
pub(super) fn lost(signals: usize) {
    counter!(LOST).increment(signals as u64);
}

impl fmt::Debug for SocketSignals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SocketSignals").field("instance", &self.instance).finish_non_exhaustive()
    }
}

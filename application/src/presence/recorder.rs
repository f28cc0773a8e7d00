//! Puts what sockets see on the record, many at a time.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use acta_domain::presence::MOST_SIGNALS;
use acta_domain::{PresenceError, SessionError, SessionId, Signal, TenantId};
use futures::StreamExt as _;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::sockets::{self, SocketSignal, SocketSignals};
use crate::access::Principal;
use crate::attendance::EvidenceKey;
use crate::clock::{Clock, Randomness};
use crate::leases::HolderId;
use crate::log::{Actor, LogError};
use crate::{CommandContext, UseCaseError, UseCases};

/// How long signals are gathered: a crowd that comes at once is a few events.
const GATHER: Duration = Duration::from_secs(2);
/// How many signals are gathered at most.
const MOST_GATHERED: usize = 16 * MOST_SIGNALS;
/// How long signals rest before they are tried again.
const REST: Duration = Duration::from_secs(1);
/// How often signals are tried: longer than a database takes to come back.
const TRIES: u32 = 60;
/// How long the last signals may take when the instance stops.
const LAST: Duration = Duration::from_secs(5);
/// How many sessions' signals are recorded at the same time.
const AT_ONCE: usize = 8;
/// Under which name signals are recorded that nobody sent.
const ROOM: &str = "room";

/// What it takes to record signals that nobody sent.
#[derive(Clone)]
pub struct SignalKeeping {
    use_cases: Arc<UseCases>,
    clock: Arc<dyn Clock>,
    randomness: Arc<dyn Randomness>,
}

/// Takes what the sockets of one instance see, and has it recorded.
#[derive(Debug)]
pub struct SignalRecorder {
    keeping: SignalKeeping,
    taken: mpsc::Receiver<SocketSignal>,
}

/// Signals by session.
type Gathered = BTreeMap<(TenantId, SessionId), Vec<Signal>>;

impl SignalKeeping {
    /// Through `use_cases`, under ids made of `clock` and `randomness`.
    pub fn new(use_cases: Arc<UseCases>, clock: Arc<dyn Clock>, randomness: Arc<dyn Randomness>) -> Self {
        Self { use_cases, clock, randomness }
    }

    pub(crate) fn use_cases(&self) -> &UseCases {
        &self.use_cases
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// Records `signals`, once: a command whose outcome is not known is sent again under its id.
    pub(crate) async fn keep(
        &self,
        tenant: TenantId,
        session: SessionId,
        signals: Vec<Signal>,
    ) -> Result<(), UseCaseError> {
        let actor = Actor::Service(ROOM.to_owned());
        let room = Principal { tenant, actor, permissions: std::collections::BTreeSet::new() };
        let fresh = CommandContext::of_request(&room, None, &*self.clock, &*self.randomness);
        let context = CommandContext { may_repeat: true, ..fresh };
        let mut tries = 1;
        loop {
            match self.use_cases.note_signals(&context, session, signals.clone()).await {
                // Or another had seen the same.
                Ok(_) | Err(UseCaseError::Presence(PresenceError::NothingNew)) => return Ok(()),
                Err(error) if tries < TRIES && is_passing(&error) => {
                    tries += 1;
                    sleep(REST).await;
                }
                Err(error) => return Err(error),
            }
        }
    }
}

/// The two ends of what the sockets of `instance` see: one for [`Presence`](super::Presence), one to be run.
pub fn socket_signals(
    keeping: SignalKeeping,
    key: EvidenceKey,
    instance: HolderId,
) -> (SocketSignals, SignalRecorder) {
    let (signals, taken) = SocketSignals::new(key, instance);
    (signals, SignalRecorder { keeping, taken })
}

impl SignalRecorder {
    /// Records what comes, until `stop`, which is to come when no socket is left; then what is still there, for some seconds.
    pub async fn run(mut self, stop: CancellationToken) {
        while let Some(Some(first)) = stop.run_until_cancelled(self.taken.recv()).await {
            let mut gathered = Gathered::new();
            put(&mut gathered, first);
            self.gather(&mut gathered, &stop).await;
            // At the stop these have the time that the last ones have.
            tokio::select! {
                () = self.record(&gathered) => {}
                () = stopped_for(&stop, LAST) => {
                    lose(&gathered);
                    break;
                }
            }
        }
        self.record_the_rest().await;
    }

    /// Takes what comes for a while.
    async fn gather(&mut self, gathered: &mut Gathered, stop: &CancellationToken) {
        let until = Instant::now() + GATHER;
        for _ in 1..MOST_GATHERED {
            let next = tokio::select! {
                () = stop.cancelled() => None,
                () = sleep_until(until) => None,
                next = self.taken.recv() => next,
            };
            let Some(next) = next else {
                return;
            };
            put(gathered, next);
        }
    }

    async fn record_the_rest(&mut self) {
        self.taken.close();
        let mut gathered = Gathered::new();
        while let Ok(next) = self.taken.try_recv() {
            put(&mut gathered, next);
        }
        if timeout(LAST, self.record(&gathered)).await.is_err() {
            lose(&gathered);
        }
    }

    async fn record(&self, gathered: &Gathered) {
        let mut batches = Vec::new();
        for (&(tenant, session), signals) in gathered {
            batches.extend(signals.chunks(MOST_SIGNALS).map(|batch| (tenant, session, batch.to_vec())));
        }
        futures::stream::iter(batches)
            .for_each_concurrent(AT_ONCE, |(tenant, session, batch)| self.record_one(tenant, session, batch))
            .await;
    }

    async fn record_one(&self, tenant: TenantId, session: SessionId, batch: Vec<Signal>) {
        let signals = batch.len();
        match self.keeping.keep(tenant, session, batch).await {
            Ok(()) => sockets::kept(signals),
            // Whoever looks at a session that is closed for good is no part of it.
            Err(UseCaseError::Session(SessionError::Sealed) | UseCaseError::UnknownSession) => {}
            Err(error) => {
                sockets::lost(signals);
                tracing::warn!(%session, signals, error = &error as &dyn std::error::Error,
                    "who came and went by sockets is not on the record");
            }
        }
    }
}

/// Some time after `stop`.
async fn stopped_for(stop: &CancellationToken, time: Duration) {
    stop.cancelled().await;
    sleep(time).await;
}

fn put(gathered: &mut Gathered, SocketSignal { tenant, session, signal }: SocketSignal) {
    gathered.entry((tenant, session)).or_default().push(signal);
}

/// They may be on the record or not.
fn lose(gathered: &Gathered) {
    let signals: usize = gathered.values().map(Vec::len).sum();
    if signals > 0 {
        sockets::lost(signals);
        tracing::warn!(
            signals,
            "the instance stops before all who came and went by sockets are on the record"
        );
    }
}

/// Whether trying again can help.
fn is_passing(error: &UseCaseError) -> bool {
    matches!(
        error,
        UseCaseError::Contended
            | UseCaseError::Doubtful(_)
            | UseCaseError::Log(_)
            | UseCaseError::Read(LogError::Unavailable(_))
    )
}

impl fmt::Debug for SignalKeeping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignalKeeping").finish_non_exhaustive()
    }
}

//! The streams in memory, and the way of a command through them.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use acta_domain::TenantId;
use acta_proof::sealed::SealedPart;
use cqrs_es::{Aggregate, DomainEvent};
use lru::LruCache;
use tokio::sync::MutexGuard;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use super::behind::Seen;
use super::load::{LoadError, Loaded, load};
use super::place::StreamPlace;
use crate::log::{
    Append, AppendError, AppendTicket, Appended, EXPORTED, EventLog, ExpectedVersion, Guard, NewEvent,
    Sequence, Snapshot, StreamId,
};
use crate::use_cases::CommandContext;

/// How many events lie between two snapshots of a stream: the most that a cold start replays, but for those in flight.
const SNAPSHOT_EVERY: u64 = 1_000;

/// What was read of other streams to decide: it must still hold when the decision is appended.
#[derive(Debug, Clone, Default)]
pub struct Basis {
    guards: Vec<Guard>,
    rests_on: Vec<AppendTicket>,
    seen: Option<Seen>,
}

/// What a command decided.
pub struct Decision<A: Aggregate> {
    /// The events, at least one.
    pub events: Vec<Decided<A::Event>>,
}

/// An event that was decided, and the personal part that it carries.
pub struct Decided<E> {
    /// The event.
    pub event: E,
    /// Its sealed personal part.
    pub sealed: Option<SealedPart>,
}

impl<A: Aggregate> Decision<A> {
    /// The decision for `events`, of which the last one carries `sealed`.
    pub fn sealing_last(events: Vec<A::Event>, sealed: Option<SealedPart>) -> Self {
        let mut events: Vec<_> = events.into_iter().map(Decided::from).collect();
        if let Some(last) = events.last_mut() {
            last.sealed = sealed;
        }
        Self { events }
    }
}

impl<E> From<E> for Decided<E> {
    fn from(event: E) -> Self {
        Self { event, sealed: None }
    }
}

/// Why a command was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum ExecuteError<E: std::error::Error + 'static> {
    /// The rules refuse it.
    #[error(transparent)]
    Refused(E),
    /// The log did not take it.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The stream could not be loaded.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// It was refused, but on a state that was behind the log: it may be tried again.
    #[error("the stream was behind the log")]
    Behind,
    /// An event has no canonical JSON.
    #[error("an event cannot be written as canonical JSON")]
    Encode(#[source] serde_json::Error),
}

pub(super) struct HotStream<A> {
    aggregate: A,
    version: Sequence,
    /// The last append that was queued: what is decided now rests on it.
    tail: Option<AppendTicket>,
    snapshot: Sequence,
    /// The number of its loading.
    load: u64,
}

impl<A> HotStream<A> {
    pub(super) fn tail(&self) -> Option<AppendTicket> {
        self.tail.clone()
    }

    pub(super) fn seen(&self) -> Seen {
        Seen { load: self.load, version: self.version }
    }

    /// Whether the state counts on an append that is known to have failed, or to be in doubt.
    fn is_stale(&self) -> bool {
        self.tail.as_ref().is_some_and(AppendTicket::has_failed)
    }
}

pub(super) type Cell<A> = Arc<tokio::sync::Mutex<Option<HotStream<A>>>>;

/// The streams of one aggregate type that are in memory, the least recently used leaving first.
pub struct HotStreams<A: Aggregate> {
    log: Arc<dyn EventLog>,
    cells: Mutex<LruCache<(TenantId, StreamPlace), Cell<A>>>,
    loads: AtomicU64,
    keeping: TaskTracker,
}

impl Basis {
    /// Which state was read, if any.
    pub fn seen(&self) -> Option<Seen> {
        self.seen
    }

    /// Whether everything that was counted on is durable, once that is known.
    async fn settled(self) -> bool {
        futures::future::join_all(self.rests_on).await.iter().all(Result::is_ok)
    }
}

impl<A> HotStreams<A>
where
    A: Aggregate + 'static,
    A::Event: 'static,
{
    /// Streams over `log`, at most `most` in memory; `keeping` owns the tasks that keep snapshots.
    pub fn new(log: Arc<dyn EventLog>, most: NonZeroUsize, keeping: TaskTracker) -> Self {
        Self { log, cells: Mutex::new(LruCache::new(most)), loads: AtomicU64::new(0), keeping }
    }

    /// Reads a fact, and the basis that a decision on it has.
    ///
    /// # Errors
    /// When the stream cannot be loaded.
    pub async fn read<R>(
        &self,
        tenant: TenantId,
        place: impl Into<StreamPlace>,
        fact: impl FnOnce(&A) -> R,
    ) -> Result<(R, Basis), LoadError> {
        let place = place.into();
        let cell = self.cell(tenant, place);
        let mut slot = cell.lock().await;
        let hot = self.loaded(&mut slot, tenant, place).await?;
        if hot.version == Sequence::default() {
            // Nothing is there: that must not push a stream that is out of the memory.
            self.cells().pop(&(tenant, place));
        }
        let basis = Basis {
            guards: vec![Guard { stream: stream::<A>(place), version: hot.version }],
            rests_on: hot.tail.iter().cloned().collect(),
            seen: Some(hot.seen()),
        };
        Ok((fact(&hot.aggregate), basis))
    }

    /// Reads the stream anew the next time: what is in memory turned out to be behind the log.
    pub async fn forget(&self, tenant: TenantId, place: impl Into<StreamPlace>) {
        *self.cell(tenant, place.into()).lock().await = None;
    }

    /// Reads a fact that nothing guards later: it is durable and not behind the log when this returns, though it may change afterwards.
    ///
    /// # Errors
    /// When the stream cannot be loaded.
    pub async fn read_settled<R>(
        &self,
        tenant: TenantId,
        place: impl Into<StreamPlace>,
        fact: impl Fn(&A) -> R,
    ) -> Result<R, LoadError> {
        let place = place.into();
        loop {
            let (known, basis) = self.read(tenant, place, &fact).await?;
            let seen = basis.seen.expect("a stream was read");
            if basis.settled().await && !self.is_behind(tenant, place, seen).await? {
                return Ok(known);
            }
        }
    }

    /// Decides on the stream at `place` and appends what was decided; returns when it is durable.
    ///
    /// # Errors
    /// See [`ExecuteError`]. A refusal is given only once everything that it was decided on is durable and not behind the log; else
    /// the error is [`AppendError::Undermined`] or [`ExecuteError::Behind`], and the command may be tried again.
    pub async fn execute<E>(
        &self,
        context: &CommandContext,
        place: impl Into<StreamPlace>,
        basis: Basis,
        decide: impl FnOnce(&A, Sequence) -> Result<Decision<A>, E>,
    ) -> Result<Appended, ExecuteError<E>>
    where
        E: std::error::Error + 'static,
    {
        let place = place.into();
        let cell = self.cell(context.tenant, place);
        // Held until the append is queued: the order of decisions on a stream must be the order in the log's queue.
        let mut slot = cell.lock().await;
        let hot = self.loaded(&mut slot, context.tenant, place).await?;
        let decision = match decide(&hot.aggregate, hot.version) {
            Ok(decision) => decision,
            Err(refusal) => {
                let counted_on = basis.rests_on.into_iter().chain(hot.tail.clone()).collect();
                let seen = hot.seen();
                drop(slot);
                return Err(self.confirm(context, place, refusal, counted_on, seen).await);
            }
        };
        let append = append(context, place, basis, hot, &decision).map_err(ExecuteError::Encode)?;
        let span = append_span(context, place, decision.events.len());
        let ticket = match self.log.submit(append).instrument(span.clone()).await {
            Ok(ticket) => ticket,
            Err(error) => {
                *slot = None;
                return Err(error.into());
            }
        };
        let snapshot = advance(hot, decision.events, &ticket);
        drop(slot);
        if let Some(snapshot) = snapshot {
            self.keep(context.tenant, place, snapshot, ticket.clone());
        }
        Ok(ticket.instrument(span).await?)
    }

    pub(super) fn log(&self) -> &dyn EventLog {
        &*self.log
    }

    /// The cell of a stream that is in memory, or is being loaded.
    pub(super) fn cell_in_memory(&self, tenant: TenantId, place: StreamPlace) -> Option<Cell<A>> {
        self.cells().peek(&(tenant, place)).map(Arc::clone)
    }

    fn cell(&self, tenant: TenantId, place: StreamPlace) -> Cell<A> {
        Arc::clone(self.cells().get_or_insert((tenant, place), Cell::default))
    }

    fn cells(&self) -> std::sync::MutexGuard<'_, LruCache<(TenantId, StreamPlace), Cell<A>>> {
        self.cells.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn loaded<'slot>(
        &self,
        slot: &'slot mut MutexGuard<'_, Option<HotStream<A>>>,
        tenant: TenantId,
        place: StreamPlace,
    ) -> Result<&'slot mut HotStream<A>, LoadError> {
        if slot.as_ref().is_none_or(HotStream::is_stale) {
            let Loaded { aggregate, version, snapshot } =
                load(&*self.log, tenant, &stream::<A>(place)).await?;
            let load = self.loads.fetch_add(1, Ordering::Relaxed);
            **slot = Some(HotStream { aggregate, version, tail: None, snapshot, load });
        }
        Ok(slot.as_mut().expect("the slot was filled above"))
    }

    /// A refusal is an answer about what happened, so it waits until what it counted on has happened for good, and nothing else has.
    async fn confirm<E: std::error::Error + 'static>(
        &self,
        context: &CommandContext,
        place: StreamPlace,
        refusal: E,
        counted_on: Vec<AppendTicket>,
        seen: Seen,
    ) -> ExecuteError<E> {
        for ticket in counted_on {
            if ticket.await.is_err() {
                return ExecuteError::Append(AppendError::Undermined);
            }
        }
        match self.is_behind(context.tenant, place, seen).await {
            Ok(false) => ExecuteError::Refused(refusal),
            Ok(true) => ExecuteError::Behind,
            Err(error) => ExecuteError::Load(error.into()),
        }
    }

    /// Keeps `snapshot` once the append that it ends with is durable.
    fn keep(&self, tenant: TenantId, place: StreamPlace, snapshot: Snapshot, ticket: AppendTicket) {
        let log = Arc::clone(&self.log);
        self.keeping.spawn(async move {
            if ticket.await.is_err() {
                return;
            }
            if let Err(error) = log.keep_snapshot(tenant, &stream::<A>(place), snapshot).await {
                tracing::warn!(%place, %error, "a snapshot was not kept; the next one will be");
            }
        });
    }
}

pub(super) fn stream<A: Aggregate>(place: StreamPlace) -> StreamId {
    StreamId { aggregate_type: A::TYPE.to_owned(), aggregate_id: place.aggregate.to_string() }
}

/// The append in the trace of the request: from the log's queue until it is durable.
fn append_span(context: &CommandContext, place: StreamPlace, events: usize) -> tracing::Span {
    tracing::info_span!(
        target: EXPORTED,
        "log.append",
        traceparent = context.traceparent,
        tenant_id = %context.tenant,
        session_id = %place.record,
        events,
    )
}

/// What is asked of the log for `decision`, made on the state `hot`.
fn append<A: Aggregate>(
    context: &CommandContext,
    place: StreamPlace,
    basis: Basis,
    hot: &HotStream<A>,
    decision: &Decision<A>,
) -> Result<Append, serde_json::Error> {
    let events = decision.events.iter().map(new_event).collect::<Result<_, _>>()?;
    Ok(Append {
        tenant_id: context.tenant,
        session_id: place.record,
        stream: stream::<A>(place),
        expected: ExpectedVersion::Exactly(hot.version),
        guards: basis.guards,
        rests_on: basis.rests_on.into_iter().chain(hot.tail.clone()).collect(),
        metadata: context.metadata(),
        command_digest: context.command_digest,
        events,
    })
}

/// Folds what was queued into the state; a snapshot if one is due.
fn advance<A: Aggregate>(
    hot: &mut HotStream<A>,
    events: Vec<Decided<A::Event>>,
    ticket: &AppendTicket,
) -> Option<Snapshot> {
    hot.version = hot.version.plus(events.len() as u64);
    for decided in events {
        hot.aggregate.apply(decided.event);
    }
    hot.tail = Some(ticket.clone());
    if hot.version.get() - hot.snapshot.get() < SNAPSHOT_EVERY {
        return None;
    }
    hot.snapshot = hot.version;
    let state = serde_json::to_string(&hot.aggregate).ok()?;
    Some(Snapshot { sequence: hot.version, state })
}

fn new_event<E: DomainEvent>(decided: &Decided<E>) -> Result<NewEvent, serde_json::Error> {
    let event = &decided.event;
    Ok(NewEvent {
        event_type: event.event_type(),
        event_version: event.event_version().parse().expect("event versions are whole numbers"),
        payload: serde_json_canonicalizer::to_string(event)?,
        sealed: decided.sealed.clone(),
    })
}

//! What an instance that died never told: who was connected to it is gone.
//!
//! The sessions to which somebody may be connected by a socket are rows of the view `policy.presence`. What the record holds open there
//! is compared with who is connected, and whoever has not been connected for longer than an instance may be silent has left.

mod absences;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use acta_domain::{PersonId, SessionId, Sign, Signal, SignalSource, TenantId};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use self::absences::{Absences, Socket};
use super::reader::{Cursor, PRESENCE, PolicyFault, Round, whenever_the_log_moves};
use crate::UseCaseError;
use crate::leases::{LeaseName, Tenures};
use crate::log::{Actor, EventLog, Position, RecordedEvent};
use crate::presence::{PresenceBoard, PresenceError, SignalKeeping};
use crate::views::{Columns, RowKey, ViewName, ViewRow, Views};

const SCAN: u32 = 1_000;
const ROW: &str = "presence";
/// How often the record is compared with who is connected.
const COMPARE: Duration = Duration::from_secs(5);
/// How many people are read at a time.
const PAGE: u32 = 1_000;

/// The policy; its lease has it run on one instance at a time.
pub struct PresencePolicy {
    cursor: Cursor,
    board: Arc<dyn PresenceBoard>,
    keeping: SignalKeeping,
    watched: Mutex<Watched>,
    pause: Duration,
}

/// The sessions that are not sealed and in which sockets were seen.
#[derive(Debug, Default)]
struct Watched {
    /// What the policy's cursor stood at when this was so.
    reflects: Option<Position>,
    /// Whether somebody may be connected, for all that is known.
    sessions: BTreeMap<(TenantId, SessionId), bool>,
}

/// What is kept of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    watched: bool,
}

/// The record could not be compared with who is connected.
#[derive(Debug, thiserror::Error)]
enum CompareFault {
    #[error(transparent)]
    Board(#[from] PresenceError),
    #[error(transparent)]
    Record(#[from] UseCaseError),
}

impl PresencePolicy {
    /// The policy over `log`, with its cursor and its rows in `views`, and who is connected on `board`.
    pub fn new(
        log: Arc<dyn EventLog>,
        views: Arc<dyn Views>,
        board: Arc<dyn PresenceBoard>,
        keeping: SignalKeeping,
    ) -> Self {
        let cursor = Cursor { log, views, name: ViewName::new(PRESENCE) };
        Self { cursor, board, keeping, watched: Mutex::default(), pause: COMPARE }
    }

    /// The same with `pause` between two comparisons.
    #[must_use]
    pub fn at_pace(self, pause: Duration) -> Self {
        Self { pause, ..self }
    }

    /// Runs until `stop`, whenever this instance holds the lease `policy.presence`.
    pub async fn run(self, tenures: Tenures, stop: CancellationToken) {
        let policy = &self;
        let work = |held| async move { policy.hold_office(&held).await };
        tenures.while_held(&LeaseName::new(PRESENCE), &stop, work).await;
    }

    async fn hold_office(&self, held: &CancellationToken) {
        // What was watched in an earlier tenure may long be sealed.
        *self.watched() = Watched::default();
        let reading = whenever_the_log_moves(self, &*self.cursor.log, held);
        tokio::join!(reading, self.compare_again_and_again(held));
    }

    /// Every change is whole before anything can panic.
    fn watched(&self) -> MutexGuard<'_, Watched> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads anew what is watched, where the cursor stands `at`.
    async fn recall(&self, at: Position) -> Result<(), PolicyFault> {
        let mut watched = Watched { reflects: Some(at), ..Watched::default() };
        let mut after = None;
        loop {
            let rows = self.cursor.views.scan(&self.cursor.name, after.as_ref(), SCAN).await?;
            for row in &rows {
                watched.put((row.key.tenant, row.key.session), kept(row)?);
            }
            after = rows.last().map(|row| row.key.clone());
            if after.is_none() {
                *self.watched() = watched;
                return Ok(());
            }
        }
    }

    async fn compare_again_and_again(&self, stop: &CancellationToken) {
        let mut absences = Absences::default();
        let mut failed = false;
        while stop.run_until_cancelled(tokio::time::sleep(self.pause)).await.is_some() {
            let Some(outcome) = stop.run_until_cancelled(self.compare_all(&mut absences)).await else {
                return;
            };
            let before = std::mem::replace(&mut failed, outcome.is_err());
            if let Err(fault) = outcome {
                // Who seemed to be gone may only not have been told of.
                absences = Absences::default();
                if !before {
                    tracing::warn!(policy = "presence", error = %fault, "who is connected is compared again later");
                }
            }
        }
    }

    async fn compare_all(&self, absences: &mut Absences) -> Result<(), CompareFault> {
        let busy: Vec<_> = self.watched().busy().collect();
        for (tenant, session) in busy {
            self.compare(tenant, session, absences).await?;
        }
        Ok(())
    }

    /// Notes the departure of those who are not connected to `session` any more.
    async fn compare(
        &self,
        tenant: TenantId,
        session: SessionId,
        absences: &mut Absences,
    ) -> Result<(), CompareFault> {
        // Whoever comes from here on makes it busy again.
        self.watched().rest((tenant, session));
        let open = self.keeping.use_cases().open_sockets(tenant, session).await?;
        let open: Vec<_> =
            open.into_iter().map(|(person, channel, came)| Socket { person, channel, came }).collect();
        if open.is_empty() {
            absences.forget(session);
            return Ok(());
        }
        self.watched().wake((tenant, session));
        let connected = self.connected(tenant, session).await?;
        let gone = absences.see(session, &open, &connected, self.keeping.clock().now());
        let departures: Vec<_> = gone.iter().map(|(socket, at)| departure(socket, *at)).collect();
        for batch in departures.chunks(acta_domain::presence::MOST_SIGNALS) {
            tracing::info!(%session, sockets = batch.len(), "who was connected to an instance that is gone has left");
            self.note(tenant, session, batch.to_vec()).await?;
        }
        Ok(())
    }

    async fn note(
        &self,
        tenant: TenantId,
        session: SessionId,
        batch: Vec<Signal>,
    ) -> Result<(), CompareFault> {
        match self.keeping.keep(tenant, session, batch).await {
            // It was sealed meanwhile, which is about to be read.
            Err(UseCaseError::Session(_)) => Ok(()),
            outcome => Ok(outcome?),
        }
    }

    /// Everybody who is connected to `session`, in order.
    async fn connected(&self, tenant: TenantId, session: SessionId) -> Result<Vec<PersonId>, PresenceError> {
        let (mut people, mut after) = (Vec::new(), None::<Actor>);
        loop {
            let page = self.board.connected(tenant, session, after.as_ref(), PAGE).await?;
            after = page.connected.last().map(|last| last.actor.clone()).filter(|_| page.more);
            people.extend(page.connected.into_iter().filter_map(|one| match one.actor {
                Actor::Person(person) => Some(person),
                Actor::Service(_) | Actor::Clock => None,
            }));
            if after.is_none() {
                people.sort_unstable();
                return Ok(people);
            }
        }
    }
}

impl Watched {
    fn put(&mut self, session: (TenantId, SessionId), kept: Kept) {
        if kept.watched {
            self.sessions.insert(session, true);
        } else {
            self.sessions.remove(&session);
        }
    }

    /// What `event` changes, if anything.
    fn change(&self, event: &RecordedEvent) -> Option<Kept> {
        match event.event_type.as_str() {
            "presence.signalled.v1" => Some(Kept { watched: true }),
            "session.sealed.v1" if self.sessions.contains_key(&(event.tenant_id, event.session_id)) => {
                Some(Kept { watched: false })
            }
            _ => None,
        }
    }

    fn busy(&self) -> impl Iterator<Item = (TenantId, SessionId)> {
        self.sessions.iter().filter(|(_, busy)| **busy).map(|(session, _)| *session)
    }

    fn rest(&mut self, session: (TenantId, SessionId)) {
        self.sessions.entry(session).and_modify(|busy| *busy = false);
    }

    fn wake(&mut self, session: (TenantId, SessionId)) {
        self.sessions.entry(session).and_modify(|busy| *busy = true);
    }
}

impl Round for PresencePolicy {
    const POLICY: &'static str = "presence";

    async fn round(&self) -> Result<(), PolicyFault> {
        let mut at = self.cursor.position().await?;
        // The cursor moved without this: another instance did it, or the answer to an own commit was lost.
        if self.watched().reflects != Some(at) {
            self.recall(at).await?;
        }
        loop {
            let page = self.cursor.next(at).await?;
            if page.reached == at {
                return Ok(());
            }
            let rows = self.put(&page.events);
            self.cursor.views.commit(&self.cursor.name, at, page.reached, rows).await?;
            self.watched().reflects = Some(page.reached);
            at = page.reached;
        }
    }
}

impl PresencePolicy {
    /// Takes over what `events` change; the rows that are to be kept of it.
    fn put(&self, events: &[RecordedEvent]) -> Vec<ViewRow> {
        let mut watched = self.watched();
        // Until the rows are kept, nothing is certain.
        watched.reflects = None;
        let mut rows = BTreeMap::new();
        for event in events {
            let session = (event.tenant_id, event.session_id);
            if let Some(kept) = watched.change(event) {
                if watched.sessions.contains_key(&session) != kept.watched {
                    rows.insert(session, row(session, kept, event.position));
                }
                watched.put(session, kept);
            }
        }
        rows.into_values().collect()
    }
}

fn departure(socket: &Socket, observed_at: acta_domain::Timestamp) -> Signal {
    Signal {
        person_id: socket.person,
        observed_at,
        source: SignalSource::Socket,
        channel: socket.channel,
        sign: Sign::Departed,
    }
}

fn kept(row: &ViewRow) -> Result<Kept, PolicyFault> {
    serde_json::from_str(&row.document).map_err(PolicyFault::Kept)
}

fn row((tenant, session): (TenantId, SessionId), kept: Kept, position: Position) -> ViewRow {
    ViewRow {
        key: RowKey { tenant, session, id: ROW.to_owned() },
        columns: Columns::default(),
        document: serde_json::to_string(&kept).expect("it is plain data"),
        position,
    }
}

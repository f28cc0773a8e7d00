//! The governance service is told of every session of its assemblies that begins or ends, until it accepts.
//!
//! What it has still to hear of each session is kept as a row of the view `policy.governance`, so nothing is forgotten across
//! restarts or between instances. Each notice has one idempotency key, made from the event that caused it. After the end was
//! accepted, what governance holds of the assembly is read, and its digest recorded. What is done is read back from the log,
//! except where a sealed record could not take the mark any more: then the row is written at once.
//!
//! Without a governance service nothing is kept. One that is configured later hears of what happens from then on.

mod agenda;
mod fold;
mod measures;
mod pace;
mod send;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use acta_domain::{Session, SessionEvent};
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use self::agenda::Agenda;
use self::fold::{SessionNotices, Task};
use self::measures::{Outcome, Teller, count};
pub use self::pace::NoticePace;
use self::send::{Tried, attempt};
use super::reader::{Cursor, GOVERNANCE, PolicyFault, Round, whenever_the_log_moves};
use crate::UseCases;
use crate::health::FeatureWatch;
use crate::leases::{LeaseName, Tenures};
use crate::log::{EventLog, Position, RecordedEvent};
use crate::neighbours::NeighbourError;
use crate::views::{Columns, RowKey, ViewName, ViewRow, Views};

const SCAN: u32 = 1_000;
const ROW: &str = "governance";
/// Sessions that the governance service is told of at once.
const AT_ONCE: usize = 8;

/// The policy; its lease has it run on one instance at a time.
pub struct GovernancePolicy {
    cursor: Cursor,
    use_cases: Arc<UseCases>,
    pace: NoticePace,
    agenda: Mutex<Agenda>,
    /// Held while rows are read, changed and written: the reader of the log and the teller both do.
    rows: tokio::sync::Mutex<()>,
    woken: tokio::sync::Notify,
    teller: Teller,
}

impl GovernancePolicy {
    /// The policy over `log`, with its cursor and its rows in `views`.
    pub fn new(log: Arc<dyn EventLog>, views: Arc<dyn Views>, use_cases: Arc<UseCases>) -> Self {
        Self {
            cursor: Cursor { log, views, name: ViewName::new(GOVERNANCE) },
            use_cases,
            pace: NoticePace::default(),
            agenda: Mutex::default(),
            rows: tokio::sync::Mutex::default(),
            woken: tokio::sync::Notify::new(),
            teller: Teller::new(),
        }
    }

    /// The same at another pace.
    #[must_use]
    pub fn at_pace(self, pace: NoticePace) -> Self {
        Self { pace, ..self }
    }

    /// How it goes; nothing where no governance service is configured.
    pub fn health(&self) -> Option<FeatureWatch> {
        self.has_governance().then(|| self.teller.health())
    }

    /// Runs until `stop`, whenever this instance holds the lease `policy.governance`.
    pub async fn run(self, tenures: Tenures, stop: CancellationToken) {
        let policy = &self;
        let work = |held| async move { policy.hold_office(&held).await };
        tenures.while_held(&LeaseName::new(GOVERNANCE), &stop, work).await;
    }

    async fn hold_office(&self, held: &CancellationToken) {
        // What was to be done in an earlier tenure may long be done.
        *self.agenda() = Agenda::default();
        let reading = whenever_the_log_moves(self, &*self.cursor.log, held);
        tokio::join!(reading, self.tell(held));
        self.teller.tell(None);
    }

    fn has_governance(&self) -> bool {
        self.use_cases.ports.neighbours.governance.is_some()
    }

    fn agenda(&self) -> MutexGuard<'_, Agenda> {
        self.agenda.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes the agenda anew from what is kept, where the cursor stood `at` before.
    async fn recall(&self, at: Position) -> Result<(), PolicyFault> {
        let mut agenda = Agenda::reflecting(at);
        let mut after = None;
        loop {
            let rows = self.cursor.views.scan(&self.cursor.name, after.as_ref(), SCAN).await?;
            for row in &rows {
                agenda.enter(&row.key, &kept(row)?, Instant::now());
            }
            after = rows.last().map(|row| row.key.clone());
            if after.is_none() {
                break;
            }
        }
        *self.agenda() = agenda;
        self.agenda_changed();
        Ok(())
    }

    fn agenda_changed(&self) {
        self.teller.tell(Some(self.agenda().tally()));
        self.woken.notify_one();
    }

    /// What is kept of the session of `key`, and up to which event.
    async fn row(&self, key: &RowKey) -> Result<Option<(SessionNotices, Position)>, PolicyFault> {
        let row = self.cursor.views.row(&self.cursor.name, key).await?;
        row.map(|row| Ok((kept(&row)?, row.position))).transpose()
    }

    async fn fold(&self, events: &[RecordedEvent]) -> Result<Changes, PolicyFault> {
        let mut changes = Changes::new();
        for event in events.iter().filter(|event| fold::concerns(event)) {
            let key = RowKey { tenant: event.tenant_id, session: event.session_id, id: ROW.to_owned() };
            if !changes.contains_key(&key) {
                let kept = self.row(&key).await?.unwrap_or_default();
                changes.insert(key.clone(), kept);
            }
            let (notices, position) = changes.get_mut(&key).expect("the row was put there above");
            notices.apply(event, &event.decode_as::<SessionEvent>()?);
            *position = event.position;
            if notices.is_unacquainted() {
                let acquainted = |session: &Session| {
                    let mut notices = notices.clone();
                    notices.acquaint(session);
                    notices
                };
                let sessions = &self.use_cases.sessions;
                *notices = sessions
                    .read_settled(key.tenant, key.session, acquainted)
                    .await
                    .map_err(crate::UseCaseError::from)?;
            }
        }
        Ok(changes)
    }

    /// Reads one page behind `at`, and gives where that ends.
    async fn read_on(&self, at: Position) -> Result<Position, PolicyFault> {
        let page = self.cursor.next(at).await?;
        if page.reached == at {
            return Ok(at);
        }
        let changes = if self.has_governance() { self.fold(&page.events).await? } else { Changes::new() };
        let rows = changes.iter().map(|(key, (notices, position))| row(key, notices, *position)).collect();
        self.cursor.views.commit(&self.cursor.name, at, page.reached, rows).await?;
        let mut agenda = self.agenda();
        for (key, (notices, _)) in &changes {
            agenda.enter(key, notices, Instant::now());
        }
        agenda.reached(page.reached);
        drop(agenda);
        self.agenda_changed();
        Ok(page.reached)
    }

    /// Does what is due, several sessions at once, until `held` is cancelled; what is under way then is waited for.
    async fn tell(&self, held: &CancellationToken) {
        let mut under_way = FuturesUnordered::new();
        loop {
            while under_way.len() < AT_ONCE
                && let Some((key, task)) = self.due()
            {
                under_way.push(self.act(key, task, held));
            }
            let next = self.agenda().next_due().filter(|_| under_way.len() < AT_ONCE);
            let rest = async {
                match next {
                    Some(due) => sleep_until(due).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = held.cancelled() => break,
                () = self.woken.notified() => {}
                Some(()) = under_way.next(), if !under_way.is_empty() => {}
                () = rest => {}
            }
        }
        while under_way.next().await.is_some() {}
    }

    fn due(&self) -> Option<(RowKey, Task)> {
        if !self.has_governance() {
            return None;
        }
        self.agenda().take(Instant::now())
    }

    async fn act(&self, key: RowKey, task: Task, held: &CancellationToken) {
        let session = key.session;
        let step = task.step;
        match attempt(&self.use_cases, &key, &task, held).await {
            // The log says so: the reader takes it off.
            Tried::Noted => count(step, Outcome::Accepted),
            Tried::Over => {
                count(step, Outcome::Accepted);
                if let Err(error) = self.settle(&key, &task).await {
                    tracing::warn!(policy = Self::POLICY, %session, %error, "it cannot be kept that this is done");
                    self.put_off(&key, &task, false, None);
                }
            }
            Tried::Neighbour(error) => self.not_accepted(&key, &task, &error),
            Tried::Log(error) => {
                tracing::warn!(policy = Self::POLICY, %session, step = step.as_str(), %error, "this is tried again");
                self.put_off(&key, &task, false, None);
            }
            Tried::Stopped => {}
        }
        self.agenda_changed();
    }

    fn not_accepted(&self, key: &RowKey, task: &Task, error: &NeighbourError) {
        let (session, assembly, step) = (key.session, &task.assembly_id, task.step);
        if let NeighbourError::Refused { .. } = error {
            count(step, Outcome::Refused);
            tracing::error!(policy = Self::POLICY, %session, %assembly, step = step.as_str(), %error, "governance refuses; somebody has to look at it");
            return self.put_off(key, task, true, Some(self.pace.refused));
        }
        count(step, Outcome::Failed);
        tracing::warn!(policy = Self::POLICY, %session, %assembly, step = step.as_str(), %error, "governance is asked again");
        let at_least = match error {
            NeighbourError::Busy { retry_after, .. } => *retry_after,
            NeighbourError::LeftAlone { retry_after, .. } => Some(*retry_after),
            _ => None,
        };
        self.put_off(key, task, false, at_least);
    }

    /// Has `task` tried again, not sooner than in `at_least`.
    fn put_off(&self, key: &RowKey, task: &Task, refused: bool, at_least: Option<Duration>) {
        let mut agenda = self.agenda();
        let Some(failures) = agenda.failed(key, task, refused) else { return };
        let wait = self.pace.after(failures, &*self.use_cases.ports.randomness);
        // A neighbour that asks for a day is asked in an hour.
        let wait = wait.max(at_least.unwrap_or_default().min(LONGEST_WAIT));
        agenda.put_off(key, task, Instant::now() + wait);
    }

    /// Keeps that `task` is over, which no event will say.
    async fn settle(&self, key: &RowKey, task: &Task) -> Result<(), PolicyFault> {
        // Held across the waits: what is read here must be what is written over.
        let _rows = self.rows.lock().await;
        let at = self.cursor.position().await?;
        let Some((mut notices, position)) = self.row(key).await? else { return Ok(()) };
        notices.settle(task.owed.cause);
        let changed = vec![row(key, &notices, position)];
        self.cursor.views.commit(&self.cursor.name, at, at, changed).await?;
        self.agenda().enter(key, &notices, Instant::now());
        Ok(())
    }
}

/// The longest that a neighbour's own wish is followed.
const LONGEST_WAIT: Duration = Duration::from_hours(1);

impl Round for GovernancePolicy {
    const POLICY: &'static str = "governance";

    async fn round(&self) -> Result<(), PolicyFault> {
        let rows = self.rows.lock().await;
        let mut at = self.cursor.position().await?;
        // The cursor moved without this agenda: another instance did it, or the answer to an own commit was lost.
        if !self.agenda().reflects(at) {
            self.recall(at).await?;
        }
        drop(rows);
        loop {
            // Held across the waits: what is read here must be what is written over.
            let _rows = self.rows.lock().await;
            let reached = self.read_on(at).await?;
            if reached == at {
                return Ok(());
            }
            at = reached;
        }
    }
}

/// What some events changed: what is owed of sessions, and the last event that changed it.
type Changes = BTreeMap<RowKey, (SessionNotices, Position)>;

fn kept(row: &ViewRow) -> Result<SessionNotices, PolicyFault> {
    serde_json::from_str(&row.document).map_err(PolicyFault::Kept)
}

fn row(key: &RowKey, notices: &SessionNotices, position: Position) -> ViewRow {
    let next = notices.next();
    ViewRow {
        key: key.clone(),
        columns: Columns {
            status: next.as_ref().map(|_| "pending".to_owned()),
            kind: next.as_ref().map(|task| task.step.as_str().to_owned()),
            rank: next.map_or(i64::MAX, |task| task.owed.at.as_micros()),
            ..Columns::default()
        },
        document: serde_json::to_string(notices).expect("notices are plain data"),
        position,
    }
}

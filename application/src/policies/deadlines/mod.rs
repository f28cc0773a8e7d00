//! What time does by itself: turns are warned and end when their limit has passed, and the record of a session that is over is
//! sealed.
//!
//! The open deadlines of each session are kept as a row of the view `policy.deadlines`, so they hold across restarts and pass from
//! one instance to another.

mod agenda;
mod fold;
#[cfg(test)]
mod tests;
mod turn;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use acta_domain::{FloorError, SessionId, TenantId, Timestamp};
use tokio_util::sync::CancellationToken;

use self::agenda::{Agenda, Entry};
use self::fold::{Due, SessionDeadlines, What};
use super::reader::{Cursor, DEADLINES, PolicyFault, REST, Round, whenever_the_log_moves};
use crate::clock::Clock;
use crate::leases::{LeaseName, Tenures};
use crate::log::{EventLog, LogError, Position, RecordedEvent};
use crate::views::{Columns, RowKey, ViewName, ViewRow, Views};
use crate::{CommandContext, UseCaseError, UseCases};

const SCAN: u32 = 1_000;
const ROW: &str = "deadlines";
const LONGEST_REST: Duration = Duration::from_secs(30);

/// How long after its end or cancellation a session's record is sealed; [`None`] leaves that to a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealAfter(pub Option<Duration>);

/// The policy; its lease has it run on one instance at a time.
pub struct DeadlinePolicy {
    cursor: Cursor,
    use_cases: Arc<UseCases>,
    clock: Arc<dyn Clock>,
    seal_after: SealAfter,
    agenda: Mutex<Agenda>,
    woken: tokio::sync::Notify,
}

impl DeadlinePolicy {
    /// The policy over `log`, with its cursor and its rows in `views`.
    pub fn new(
        log: Arc<dyn EventLog>,
        views: Arc<dyn Views>,
        use_cases: Arc<UseCases>,
        clock: Arc<dyn Clock>,
        seal_after: SealAfter,
    ) -> Self {
        Self {
            cursor: Cursor { log, views, name: ViewName::new(DEADLINES) },
            use_cases,
            clock,
            seal_after,
            agenda: Mutex::new(Agenda::default()),
            woken: tokio::sync::Notify::new(),
        }
    }

    /// Runs until `stop`, whenever this instance holds the lease `policy.deadlines`.
    pub async fn run(self, tenures: Tenures, stop: CancellationToken) {
        let policy = &self;
        let work = |held| async move { policy.hold_office(&held).await };
        tenures.while_held(&LeaseName::new(DEADLINES), &stop, work).await;
    }

    async fn hold_office(&self, held: &CancellationToken) {
        // What was open in an earlier tenure may long be done.
        *self.agenda() = Agenda::default();
        let reading = whenever_the_log_moves(self, &*self.cursor.log, held);
        tokio::join!(reading, self.keep_time(held));
    }

    /// Makes the agenda anew from what is kept, where the cursor stood `at` before.
    async fn recall(&self, at: Position) -> Result<(), PolicyFault> {
        let mut agenda = Agenda::reflecting(at);
        let mut after = None;
        loop {
            let rows = self.cursor.views.scan(&self.cursor.name, after.as_ref(), SCAN).await?;
            for row in &rows {
                agenda.enter(&row.key, &SessionDeadlines::default(), &kept(row)?);
            }
            after = rows.last().map(|row| row.key.clone());
            if after.is_none() {
                *self.agenda() = agenda;
                self.woken.notify_one();
                return Ok(());
            }
        }
    }

    async fn fold(&self, events: &[RecordedEvent]) -> Result<Changes, PolicyFault> {
        let mut changes = Changes::new();
        for event in events.iter().filter(|event| fold::concerns(event)) {
            let key = key(event.tenant_id, event.session_id);
            if !changes.contains_key(&key) {
                let kept = match self.cursor.views.row(&self.cursor.name, &key).await? {
                    Some(row) => kept(&row)?,
                    None => SessionDeadlines::default(),
                };
                changes.insert(key.clone(), (kept.clone(), kept, event.position));
            }
            let (_, deadlines, position) = changes.get_mut(&key).expect("the row was put there above");
            deadlines.apply(event, self.seal_after)?;
            *position = event.position;
        }
        Ok(changes)
    }

    fn agenda(&self) -> MutexGuard<'_, Agenda> {
        self.agenda.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn keep_time(&self, stop: &CancellationToken) {
        loop {
            let next = self.agenda().next();
            let wait = next.as_ref().map(|((due, ..), _)| self.until(*due));
            let rest = async {
                match wait {
                    // Not for longer, because the clock may be set or the machine sleep meanwhile.
                    Some(wait) => tokio::time::sleep(wait.min(LONGEST_REST)).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.woken.notified() => {}
                () = rest => {
                    if let Some((entry, cause)) = next
                        && self.until(entry.0).is_zero()
                    {
                        self.act(&entry, cause).await;
                    }
                }
            }
        }
    }

    fn until(&self, due: Timestamp) -> Duration {
        let micros = due.as_micros() - self.clock.now().as_micros();
        Duration::from_micros(u64::try_from(micros).unwrap_or(0))
    }

    /// Lets the others go first.
    fn put_off(&self, entry: &Entry, cause: Position) {
        let rest = i64::try_from(REST.as_micros()).expect("a rest is short");
        let later = Timestamp::from_micros(self.clock.now().as_micros() + rest);
        self.agenda().put_off(entry, cause, later.unwrap_or(entry.0));
    }

    async fn act(&self, entry: &Entry, cause: Position) {
        let (_, row, what) = entry;
        let subject = format!("{}/{what}", row.session);
        let traceparent = self.cursor.traceparent(cause).await;
        let context = CommandContext {
            traceparent,
            ..CommandContext::of_policy(row.tenant, "deadlines", &subject, cause)
        };
        let outcome = match what {
            What::Warn(request) => self.use_cases.warn_turn_by_clock(&context, row.session, *request).await,
            What::EndTurn(request) => {
                self.use_cases.finish_speech_by_clock(&context, row.session, *request).await
            }
            What::Seal => self.use_cases.seal_session(&context, row.session).await,
        };
        match outcome {
            Err(error) if is_passing(&error) => {
                tracing::warn!(
                    policy = "deadlines", tenant_id = %row.tenant, session_id = %row.session, %what, %error,
                    "a deadline is tried again");
                self.put_off(entry, cause);
            }
            // Done, or overtaken by somebody who did it by hand.
            Ok(_) | Err(_) => self.agenda().remove(entry, cause),
        }
    }
}

impl Round for DeadlinePolicy {
    const POLICY: &'static str = "deadlines";

    async fn round(&self) -> Result<(), PolicyFault> {
        let mut at = self.cursor.position().await?;
        // The cursor moved without this agenda: another instance did it, or the answer to an own commit was lost.
        if !self.agenda().reflects(at) {
            self.recall(at).await?;
        }
        loop {
            let page = self.cursor.next(at).await?;
            if page.reached == at {
                return Ok(());
            }
            let changes = self.fold(&page.events).await?;
            let rows = changes.iter().map(|(key, (_, new, position))| row(key, new, *position)).collect();
            self.cursor.views.commit(&self.cursor.name, at, page.reached, rows).await?;
            self.agenda().advance(&changes, page.reached);
            self.woken.notify_one();
            at = page.reached;
        }
    }
}

/// What some events changed: the deadlines of sessions before and after, and the last event that did.
type Changes = BTreeMap<RowKey, (SessionDeadlines, SessionDeadlines, Position)>;

/// Whether trying again can help.
fn is_passing(error: &UseCaseError) -> bool {
    matches!(
        error,
        UseCaseError::Contended
            | UseCaseError::Doubtful(_)
            | UseCaseError::Log(_)
            | UseCaseError::Read(LogError::Unavailable(_))
            // The clock was set back between looking at it and acting on it, or the turn was paused or its rules were changed, which is
            // about to be read.
            | UseCaseError::Floor(FloorError::TimeNotUp { .. } | FloorError::WarningNotDue { .. })
    )
}

fn key(tenant: TenantId, session: SessionId) -> RowKey {
    RowKey { tenant, session, id: ROW.to_owned() }
}

fn kept(row: &ViewRow) -> Result<SessionDeadlines, PolicyFault> {
    serde_json::from_str(&row.document).map_err(PolicyFault::Kept)
}

fn row(key: &RowKey, deadlines: &SessionDeadlines, position: Position) -> ViewRow {
    let next = deadlines.open().map(|(_, Due { at, .. })| at.as_micros()).min();
    ViewRow {
        key: key.clone(),
        columns: Columns { rank: next.unwrap_or(i64::MAX), ..Columns::default() },
        document: serde_json::to_string(deadlines).expect("deadlines are plain data"),
        position,
    }
}

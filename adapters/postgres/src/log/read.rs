//! What readers ask. Every run of events is checked to have no gap, because a missing row is damage too.

use std::sync::LazyLock;

use acta_application::log::{
    Appended, CommandDigest, CommandId, FeedPage, FeedScope, LogError, Position, RecordedEvent, Sequence,
    SessionIndex, StreamId,
};
use acta_domain::{SessionId, TenantId};
use acta_proof::commitment::Commitment;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::{Postgres, query};

use super::row::{COLUMNS, damaged, event, size};
use super::{known, unavailable};
use crate::columns::{self, Damage, number};
use crate::database::{As, Database};

/// A page of the feed ends here, so that a run of large events does not fill the memory.
const PAGE_BYTES: usize = 8 * 1024 * 1024;

const LAST: &str = "SELECT position FROM log_head";

// The events of a command stand side by side, and there are at most 64.
pub(crate) const OUTCOME: &str = "
    SELECT event.tenant_id, event.command_id, event.command_digest, event.position, event.session_index, event.sequence,
        event.recorded_at
    FROM (
        SELECT position FROM events WHERE tenant_id = $1 AND command_id = $2 AND command_event = 0
    ) AS first
    JOIN events AS event ON event.position >= first.position AND event.position < first.position + 64
    WHERE event.tenant_id = $1 AND event.command_id = $2 ORDER BY event.position";

pub(crate) const COMMITMENTS: &str = "
    SELECT position, session_index, commitment FROM events
    WHERE tenant_id = $1 AND session_id = $2 AND session_index >= $3 ORDER BY session_index LIMIT $4";

pub(crate) const LAST_OF_SESSION: &str = "
    SELECT position, session_index FROM events
    WHERE tenant_id = $1 AND session_id = $2 ORDER BY session_index DESC LIMIT 1";

pub(crate) const TENANT_OF: &str =
    "SELECT position, tenant_id FROM events WHERE session_id = $1 AND session_index = 0";

pub(crate) static STREAM: LazyLock<String> = LazyLock::new(|| {
    select(
        "tenant_id = $1 AND aggregate_type = $2 AND aggregate_id = $3 AND sequence > $4 ORDER BY sequence LIMIT $5",
    )
});
pub(crate) static SESSION: LazyLock<String> = LazyLock::new(|| {
    select("tenant_id = $1 AND session_id = $2 AND session_index >= $3 ORDER BY session_index LIMIT $4")
});
pub(crate) static FEED: LazyLock<String> =
    LazyLock::new(|| select("position > $1 AND position <= $2 ORDER BY position LIMIT $3"));
pub(crate) static FEED_OF_TENANT: LazyLock<String> = LazyLock::new(|| {
    select("tenant_id = $4 AND position > $1 AND position <= $2 ORDER BY position LIMIT $3")
});

fn select(condition: &str) -> String {
    format!("SELECT {COLUMNS} FROM events WHERE {condition}")
}

/// The last position.
pub(super) async fn last_position(database: &Database) -> Result<Position, LogError> {
    let row = database.ask_one(As::Projection, query(LAST)).await.map_err(unavailable)?;
    let damage = |what: String| LogError::Damaged { place: "the end of the log".to_owned(), what };
    let row = row.ok_or_else(|| damage("it is missing".to_owned()))?;
    columns::count(&row, "position").map(Position::new).map_err(|found| damage(found.0))
}

pub(super) async fn outcome(
    database: &Database,
    tenant: TenantId,
    command: CommandId,
) -> Result<Option<(Appended, CommandDigest)>, LogError> {
    let statement = query(OUTCOME).bind(tenant.as_uuid()).bind(command.0);
    let rows = database.ask(As::Tenant(tenant), statement).await.map_err(unavailable)?;
    let place = |damage: Damage| LogError::Damaged { place: format!("command {command}"), what: damage.0 };
    Ok(known::outcomes(&rows).map_err(place)?.into_values().next())
}

pub(super) async fn stream(
    database: &Database,
    tenant: TenantId,
    stream: &StreamId,
    after: Sequence,
    limit: usize,
) -> Result<Vec<RecordedEvent>, LogError> {
    let statement = query(&STREAM)
        .bind(tenant.as_uuid())
        .bind(&stream.aggregate_type)
        .bind(&stream.aggregate_id)
        .bind(number(after.get()))
        .bind(number(limit as u64));
    let Run { events, .. } = events(database, As::Tenant(tenant), statement, usize::MAX).await?;
    gapless(&events, after.get() + 1, |event| event.sequence.get(), || format!("stream {stream}"))?;
    Ok(events)
}

pub(super) async fn session(
    database: &Database,
    tenant: TenantId,
    session: SessionId,
    from: SessionIndex,
    limit: usize,
) -> Result<Vec<RecordedEvent>, LogError> {
    let statement = query(&SESSION)
        .bind(tenant.as_uuid())
        .bind(session.as_uuid())
        .bind(number(from.get()))
        .bind(number(limit as u64));
    let Run { events, .. } = events(database, As::Tenant(tenant), statement, usize::MAX).await?;
    gapless(&events, from.get(), |event| event.session_index.get(), || format!("session {session}"))?;
    Ok(events)
}

pub(super) async fn commitments(
    database: &Database,
    tenant: TenantId,
    session: SessionId,
    from: SessionIndex,
    limit: usize,
) -> Result<Vec<Commitment>, LogError> {
    let statement = query(COMMITMENTS)
        .bind(tenant.as_uuid())
        .bind(session.as_uuid())
        .bind(number(from.get()))
        .bind(number(limit as u64));
    let rows = database.ask(As::Tenant(tenant), statement).await.map_err(unavailable)?;
    let read = rows.iter().map(|row| commitment(row).map_err(|damage| damaged(row, damage)));
    let read = read.collect::<Result<Vec<_>, _>>()?;
    gapless(&read, from.get(), |(index, _)| *index, || format!("session {session}"))?;
    Ok(read.into_iter().map(|(_, commitment)| commitment).collect())
}

fn commitment(row: &PgRow) -> Result<(u64, Commitment), Damage> {
    Ok((columns::count(row, "session_index")?, Commitment(columns::bytes(row, "commitment")?)))
}

pub(super) async fn session_size(
    database: &Database,
    tenant: TenantId,
    session: SessionId,
) -> Result<u64, LogError> {
    let statement = query(LAST_OF_SESSION).bind(tenant.as_uuid()).bind(session.as_uuid());
    let Some(row) = database.ask_one(As::Tenant(tenant), statement).await.map_err(unavailable)? else {
        return Ok(0);
    };
    Ok(columns::count(&row, "session_index").map_err(|damage| damaged(&row, damage))? + 1)
}

pub(super) async fn tenant_of(database: &Database, session: SessionId) -> Result<Option<TenantId>, LogError> {
    let statement = query(TENANT_OF).bind(session.as_uuid());
    let row = database.ask_one(As::Projection, statement).await.map_err(unavailable)?;
    row.map(|row| columns::tenant(&row).map_err(|damage| damaged(&row, damage))).transpose()
}

pub(super) async fn feed(
    database: &Database,
    scope: FeedScope,
    after: Position,
    head: Position,
    limit: usize,
) -> Result<FeedPage, LogError> {
    match scope {
        FeedScope::All => feed_of_all(database, after, head, limit).await,
        FeedScope::Tenant(tenant) => feed_of_tenant(database, tenant, after, head, limit).await,
    }
}

async fn feed_of_all(
    database: &Database,
    after: Position,
    head: Position,
    limit: usize,
) -> Result<FeedPage, LogError> {
    let statement =
        query(&FEED).bind(number(after.get())).bind(number(head.get())).bind(number(limit as u64));
    let run = events(database, As::Projection, statement, PAGE_BYTES).await?;
    gapless(&run.events, after.get() + 1, |event| event.position.get(), || "the feed".to_owned())?;
    let reached = run.reached(after, head, limit);
    let last = run.events.last().map_or(after, |event| event.position);
    if last != reached {
        return Err(missing("the feed".to_owned(), last.get() + 1, head.get() + 1));
    }
    Ok(FeedPage { events: run.events, reached })
}

async fn feed_of_tenant(
    database: &Database,
    tenant: TenantId,
    after: Position,
    head: Position,
    limit: usize,
) -> Result<FeedPage, LogError> {
    let statement = query(&FEED_OF_TENANT)
        .bind(number(after.get()))
        .bind(number(head.get()))
        .bind(number(limit as u64))
        .bind(tenant.as_uuid());
    let run = events(database, As::Tenant(tenant), statement, PAGE_BYTES).await?;
    let reached = run.reached(after, head, limit);
    Ok(FeedPage { events: run.events, reached })
}

/// A run of events, and whether it ended because it was large enough.
struct Run {
    events: Vec<RecordedEvent>,
    cut: bool,
}

impl Run {
    /// How far a page of at most `limit` events after `after` reaches: to the head, if it could have been longer.
    fn reached(&self, after: Position, head: Position, limit: usize) -> Position {
        match self.events.last() {
            _ if !self.cut && self.events.len() < limit => head.max(after),
            Some(last) => last.position,
            None => after,
        }
    }
}

async fn events(
    database: &Database,
    who: As,
    statement: Query<'_, Postgres, PgArguments>,
    most_bytes: usize,
) -> Result<Run, LogError> {
    let mut bytes = 0;
    let enough = |row: &PgRow| {
        bytes += size(row);
        bytes >= most_bytes
    };
    let rows = database.ask_until(who, statement, enough).await.map_err(unavailable)?;
    let events = rows.iter().map(event).collect::<Result<_, _>>()?;
    Ok(Run { events, cut: bytes >= most_bytes })
}

fn gapless<T>(
    rows: &[T],
    first: u64,
    place: impl Fn(&T) -> u64,
    run: impl Fn() -> String,
) -> Result<(), LogError> {
    match rows.iter().zip(first..).find(|(row, expected)| place(row) != *expected) {
        Some((row, expected)) => Err(missing(run(), expected, place(row))),
        None => Ok(()),
    }
}

fn missing(run: String, expected: u64, found: u64) -> LogError {
    LogError::Damaged { place: run, what: format!("{expected} is missing in front of {found}") }
}

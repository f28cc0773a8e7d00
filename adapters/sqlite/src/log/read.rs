//! What readers ask. Every run of events is checked to have no gap, because a missing row is damage too.

use std::sync::LazyLock;

use acta_application::log::{
    Appended, CommandDigest, CommandId, FeedPage, FeedScope, LogError, Position, RecordedEvent, Sequence,
    SessionIndex, StreamId,
};
use acta_domain::{SessionId, TenantId};
use acta_proof::commitment::Commitment;
use futures::TryStreamExt;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqlitePool};
use sqlx::{Sqlite, query};

use super::row::{COLUMNS, damaged, event};
use super::{known, unavailable};
use crate::columns::{self, number};

/// A page of the feed ends here, so that a run of large events does not fill the memory.
const PAGE_BYTES: usize = 8 * 1024 * 1024;

const OUTCOME: &str = "
    SELECT position, session_index, sequence, recorded_at, command_digest FROM events
    WHERE tenant_id = ?1 AND command_id = ?2 ORDER BY command_event";

const COMMITMENTS: &str = "
    SELECT position, session_index, commitment FROM events
    WHERE session_id = ?1 AND session_index >= ?2 AND tenant_id = ?3 ORDER BY session_index LIMIT ?4";

const LAST_OF_SESSION: &str = "
    SELECT position, tenant_id, session_index FROM events WHERE session_id = ?1 ORDER BY session_index DESC LIMIT 1";

static STREAM: LazyLock<String> = LazyLock::new(|| {
    select(
        "aggregate_type = ?1 AND aggregate_id = ?2 AND sequence > ?3 AND tenant_id = ?4 ORDER BY sequence LIMIT ?5",
    )
});
static SESSION: LazyLock<String> = LazyLock::new(|| {
    select("session_id = ?1 AND session_index >= ?2 AND tenant_id = ?3 ORDER BY session_index LIMIT ?4")
});
static FEED: LazyLock<String> =
    LazyLock::new(|| select("position > ?1 AND position <= ?2 ORDER BY position LIMIT ?3"));
static FEED_OF_TENANT: LazyLock<String> = LazyLock::new(|| {
    select("position > ?1 AND position <= ?2 AND tenant_id = ?4 ORDER BY position LIMIT ?3")
});

fn select(condition: &str) -> String {
    format!("SELECT {COLUMNS} FROM events WHERE {condition}")
}

/// The last position.
pub(super) async fn last_position(readers: &SqlitePool) -> Result<Position, sqlx::Error> {
    let last: Option<i64> = sqlx::query_scalar("SELECT max(position) FROM events").fetch_one(readers).await?;
    Ok(Position::new(last.and_then(|last| u64::try_from(last).ok()).unwrap_or_default()))
}

pub(super) async fn outcome(
    readers: &SqlitePool,
    tenant: TenantId,
    command: CommandId,
) -> Result<Option<(Appended, CommandDigest)>, LogError> {
    let statement = query(OUTCOME).bind(tenant.as_uuid()).bind(command.0);
    let rows = statement.fetch_all(readers).await.map_err(unavailable)?;
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
        return Ok(None);
    };
    let (start, digest) = known::event_of_command(first).map_err(|damage| damaged(first, damage))?;
    let (end, _) = known::event_of_command(last).map_err(|damage| damaged(last, damage))?;
    Ok(Some((Appended { first: start.first, ..end }, digest)))
}

pub(super) async fn stream(
    readers: &SqlitePool,
    tenant: TenantId,
    stream: &StreamId,
    after: Sequence,
    limit: usize,
) -> Result<Vec<RecordedEvent>, LogError> {
    let statement = query(&STREAM)
        .bind(&stream.aggregate_type)
        .bind(&stream.aggregate_id)
        .bind(number(after.get()))
        .bind(tenant.as_uuid())
        .bind(number(limit as u64));
    let events = events(readers, statement, usize::MAX).await?;
    gapless(&events, after.get() + 1, |event| event.sequence.get(), || format!("stream {stream}"))?;
    Ok(events)
}

pub(super) async fn session(
    readers: &SqlitePool,
    tenant: TenantId,
    session: SessionId,
    from: SessionIndex,
    limit: usize,
) -> Result<Vec<RecordedEvent>, LogError> {
    let statement = query(&SESSION)
        .bind(session.as_uuid())
        .bind(number(from.get()))
        .bind(tenant.as_uuid())
        .bind(number(limit as u64));
    let events = events(readers, statement, usize::MAX).await?;
    gapless(&events, from.get(), |event| event.session_index.get(), || format!("session {session}"))?;
    Ok(events)
}

pub(super) async fn commitments(
    readers: &SqlitePool,
    tenant: TenantId,
    session: SessionId,
    from: SessionIndex,
    limit: usize,
) -> Result<Vec<Commitment>, LogError> {
    let statement = query(COMMITMENTS)
        .bind(session.as_uuid())
        .bind(number(from.get()))
        .bind(tenant.as_uuid())
        .bind(number(limit as u64));
    let rows = statement.fetch_all(readers).await.map_err(unavailable)?;
    let read = rows.iter().map(|row| {
        let index = columns::count(row, "session_index").map_err(|damage| damaged(row, damage))?;
        let commitment = columns::bytes(row, "commitment").map_err(|damage| damaged(row, damage))?;
        Ok((index, Commitment(commitment)))
    });
    let read = read.collect::<Result<Vec<_>, _>>()?;
    gapless(&read, from.get(), |(index, _)| *index, || format!("session {session}"))?;
    Ok(read.into_iter().map(|(_, commitment)| commitment).collect())
}

pub(super) async fn session_size(
    readers: &SqlitePool,
    tenant: TenantId,
    session: SessionId,
) -> Result<u64, LogError> {
    let last = last_of_session(readers, session).await?;
    Ok(last.filter(|(owner, _)| *owner == tenant).map_or(0, |(_, index)| index + 1))
}

pub(super) async fn tenant_of(
    readers: &SqlitePool,
    session: SessionId,
) -> Result<Option<TenantId>, LogError> {
    Ok(last_of_session(readers, session).await?.map(|(owner, _)| owner))
}

async fn last_of_session(
    readers: &SqlitePool,
    session: SessionId,
) -> Result<Option<(TenantId, u64)>, LogError> {
    let statement = query(LAST_OF_SESSION).bind(session.as_uuid());
    let Some(row) = statement.fetch_optional(readers).await.map_err(unavailable)? else {
        return Ok(None);
    };
    let owner = columns::tenant(&row).map_err(|damage| damaged(&row, damage))?;
    let index = columns::count(&row, "session_index").map_err(|damage| damaged(&row, damage))?;
    Ok(Some((owner, index)))
}

pub(super) async fn feed(
    readers: &SqlitePool,
    scope: FeedScope,
    after: Position,
    head: Position,
    limit: usize,
) -> Result<FeedPage, LogError> {
    let statement = match scope {
        FeedScope::All => query(&FEED),
        FeedScope::Tenant(_) => query(&FEED_OF_TENANT),
    };
    let bounded = statement.bind(number(after.get())).bind(number(head.get())).bind(number(limit as u64));
    let bounded = match scope {
        FeedScope::All => bounded,
        FeedScope::Tenant(tenant) => bounded.bind(tenant.as_uuid()),
    };
    let events = events(readers, bounded, PAGE_BYTES).await?;
    if scope == FeedScope::All {
        gapless(&events, after.get() + 1, |event| event.position.get(), || "the feed".to_owned())?;
    }
    let reached = reached(&events, after, head, limit);
    let last = events.last().map_or(after, |event| event.position);
    if scope == FeedScope::All && last != reached {
        return Err(missing("the feed".to_owned(), last.get() + 1, head.get() + 1));
    }
    Ok(FeedPage { events, reached })
}

/// A page that is shorter than it may be, in events and in bytes, reaches to the head.
fn reached(events: &[RecordedEvent], after: Position, head: Position, limit: usize) -> Position {
    let whole = events.len() < limit && events.iter().map(RecordedEvent::size).sum::<usize>() < PAGE_BYTES;
    match events.last() {
        _ if whole => head.max(after),
        Some(last) => last.position,
        None => after,
    }
}

async fn events<'q>(
    readers: &SqlitePool,
    statement: Query<'q, Sqlite, SqliteArguments<'q>>,
    most_bytes: usize,
) -> Result<Vec<RecordedEvent>, LogError> {
    let mut rows = statement.fetch(readers);
    let mut events = Vec::new();
    let mut bytes = 0;
    while bytes < most_bytes
        && let Some(row) = rows.try_next().await.map_err(unavailable)?
    {
        let event = event(&row)?;
        bytes += event.size();
        events.push(event);
    }
    Ok(events)
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

//! What a batch must know of the log before it is admitted: four statements, however many appends there are.

use std::collections::{HashMap, HashSet};

use acta_application::log::{
    Append, Appended, Batch, BatchFailure, CommandDigest, CommandId, LogHeads, Position, Sequence,
    SessionIndex, StreamId,
};
use acta_domain::{SessionId, TenantId, Timestamp};
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use std::sync::Arc;
use uuid::Uuid;

use super::batch::Failure;
use crate::columns::{self, Damage};

// The wanted keys come as one JSON text, so that a statement is the same for any number of them.
const LAST: &str = "SELECT position, recorded_at FROM events ORDER BY position DESC LIMIT 1";

const SESSIONS: &str = "
    SELECT last.session_id, last.tenant_id, last.session_index, last.recorded_at
    FROM json_each(?1) AS wanted CROSS JOIN events AS last
    WHERE last.position = (
        SELECT position FROM events WHERE session_id = unhex(wanted.value) ORDER BY session_index DESC LIMIT 1
    )";

const STREAMS: &str = "
    SELECT last.aggregate_type, last.aggregate_id, last.tenant_id, last.sequence
    FROM json_each(?1) AS wanted CROSS JOIN events AS last
    WHERE last.position = (
        SELECT position FROM events
        WHERE aggregate_type = wanted.value ->> 0 AND aggregate_id = wanted.value ->> 1
        ORDER BY sequence DESC LIMIT 1
    )";

const COMMANDS: &str = "
    SELECT event.tenant_id, event.command_id, event.command_digest,
        event.position, event.session_index, event.sequence, event.recorded_at
    FROM json_each(?1) AS wanted CROSS JOIN events AS event
    WHERE event.tenant_id = unhex(wanted.value ->> 0) AND event.command_id = unhex(wanted.value ->> 1)
    ORDER BY event.position";

#[derive(Debug, thiserror::Error)]
#[error("the end of the log is damaged: {0}")]
struct DamagedHead(String);

impl From<Damage> for Failure {
    fn from(damage: Damage) -> Self {
        Self(BatchFailure::NotWritten(Arc::new(DamagedHead(damage.0))))
    }
}

/// The heads of everything that the appends of `batch` touch.
pub(super) async fn heads(connection: &mut SqliteConnection, batch: &Batch) -> Result<LogHeads, Failure> {
    let mut heads = last(connection).await?;
    know_sessions(connection, &mut heads, batch.appends()).await?;
    know_streams(connection, &mut heads, batch.appends()).await?;
    know_commands(connection, &mut heads, batch.appends()).await?;
    Ok(heads)
}

async fn last(connection: &mut SqliteConnection) -> Result<LogHeads, Failure> {
    let Some(row) = sqlx::query(LAST).fetch_optional(connection).await? else {
        return Ok(LogHeads::new(Position::default(), Timestamp::MIN));
    };
    let position = Position::new(columns::count(&row, "position")?);
    Ok(LogHeads::new(position, columns::moment(&row, "recorded_at")?))
}

async fn know_sessions(
    connection: &mut SqliteConnection,
    heads: &mut LogHeads,
    appends: impl Iterator<Item = &Append>,
) -> Result<(), Failure> {
    let wanted: HashSet<SessionId> = appends.map(|append| append.session_id).collect();
    let wanted: Vec<_> = wanted.into_iter().map(|session| hex(session.as_uuid())).collect();
    for row in rows(connection, SESSIONS, serde_json::json!(wanted)).await? {
        let size = columns::count(&row, "session_index")? + 1;
        let recorded_at = columns::moment(&row, "recorded_at")?;
        heads.know_session(columns::session(&row)?, columns::tenant(&row)?, size, recorded_at);
    }
    Ok(())
}

async fn know_streams(
    connection: &mut SqliteConnection,
    heads: &mut LogHeads,
    appends: impl Iterator<Item = &Append>,
) -> Result<(), Failure> {
    let wanted: HashSet<&StreamId> = appends.flat_map(Append::touched_streams).collect();
    let wanted: Vec<_> =
        wanted.into_iter().map(|stream| [&stream.aggregate_type, &stream.aggregate_id]).collect();
    for row in rows(connection, STREAMS, serde_json::json!(wanted)).await? {
        let stream = StreamId {
            aggregate_type: columns::get(&row, "aggregate_type")?,
            aggregate_id: columns::get(&row, "aggregate_id")?,
        };
        let version = Sequence::new(columns::count(&row, "sequence")?);
        heads.know_stream(stream, columns::tenant(&row)?, version);
    }
    Ok(())
}

async fn know_commands(
    connection: &mut SqliteConnection,
    heads: &mut LogHeads,
    appends: impl Iterator<Item = &Append>,
) -> Result<(), Failure> {
    let wanted: Vec<_> =
        appends.map(|append| [hex(append.tenant_id.as_uuid()), hex(append.metadata.command_id.0)]).collect();
    let mut known: HashMap<(TenantId, CommandId), (Appended, CommandDigest)> = HashMap::new();
    for row in rows(connection, COMMANDS, serde_json::json!(wanted)).await? {
        let command = CommandId(columns::get(&row, "command_id")?);
        let (outcome, digest) = event_of_command(&row)?;
        known
            .entry((columns::tenant(&row)?, command))
            .and_modify(|(whole, _)| *whole = Appended { first: whole.first, ..outcome })
            .or_insert((outcome, digest));
    }
    for ((tenant, id), (outcome, digest)) in known {
        heads.know_command(tenant, id, outcome, digest);
    }
    Ok(())
}

/// The outcome of a command whose only event is `row`.
pub(super) fn event_of_command(row: &SqliteRow) -> Result<(Appended, CommandDigest), Damage> {
    let position = Position::new(columns::count(row, "position")?);
    let outcome = Appended {
        first: position,
        last: position,
        session_index: SessionIndex::new(columns::count(row, "session_index")?),
        sequence: Sequence::new(columns::count(row, "sequence")?),
        recorded_at: columns::moment(row, "recorded_at")?,
    };
    Ok((outcome, CommandDigest(columns::bytes(row, "command_digest")?)))
}

async fn rows(
    connection: &mut SqliteConnection,
    statement: &'static str,
    wanted: serde_json::Value,
) -> Result<Vec<SqliteRow>, sqlx::Error> {
    sqlx::query(statement).bind(wanted.to_string()).fetch_all(connection).await
}

fn hex(id: Uuid) -> String {
    id.simple().to_string()
}

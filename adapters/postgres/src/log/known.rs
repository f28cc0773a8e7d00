//! What a batch must know of the log before it is admitted. Everything here runs in a transaction that names the batch's tenants.

use std::collections::HashMap;

use acta_application::log::{
    Appended, Batch, BatchFailure, CommandDigest, CommandId, LogHeads, Position, Sequence, SessionIndex,
    StreamId, Untold,
};
use acta_domain::{SessionId, TenantId};
use sqlx::postgres::{PgConnection, PgRow};
use uuid::Uuid;

use super::failure::{damaged, not_written};
use crate::columns::{self, Damage};
use crate::database::{As, Database};

const LOCK: &str = "SELECT position FROM log_head FOR UPDATE";

const SESSIONS: &str = "
    SELECT tenant_id, session_id, last.session_index, last.recorded_at
    FROM unnest($1::uuid[], $2::uuid[]) AS wanted (tenant_id, session_id)
    CROSS JOIN LATERAL (
        SELECT session_index, recorded_at FROM events
        WHERE events.tenant_id = wanted.tenant_id AND events.session_id = wanted.session_id
        ORDER BY session_index DESC LIMIT 1
    ) AS last";

const STREAMS: &str = "
    SELECT tenant_id, aggregate_type, aggregate_id, last.sequence
    FROM unnest($1::uuid[], $2::text[], $3::text[]) AS wanted (tenant_id, aggregate_type, aggregate_id)
    CROSS JOIN LATERAL (
        SELECT sequence FROM events
        WHERE events.tenant_id = wanted.tenant_id AND events.aggregate_type = wanted.aggregate_type
            AND events.aggregate_id = wanted.aggregate_id
        ORDER BY sequence DESC LIMIT 1
    ) AS last";

// The events of a command stand side by side, and there are at most 64.
const COMMANDS: &str = "
    SELECT event.tenant_id, event.command_id, event.command_digest, event.position, event.session_index, event.sequence,
        event.recorded_at
    FROM unnest($1::uuid[], $2::uuid[]) AS wanted (tenant_id, command_id)
    JOIN events AS first USING (tenant_id, command_id)
    CROSS JOIN LATERAL (
        SELECT * FROM events AS event
        WHERE event.position >= first.position AND event.position < first.position + 64
            AND event.tenant_id = first.tenant_id AND event.command_id = first.command_id
    ) AS event
    WHERE first.command_event = 0
    ORDER BY event.position";

const SESSION_OWNERS: &str = "
    SELECT session_id, tenant_id, recorded_at FROM events WHERE session_index = 0 AND session_id = ANY($1)";

const STREAM_OWNERS: &str = "
    SELECT aggregate_type, aggregate_id, tenant_id
    FROM unnest($1::text[], $2::text[]) AS wanted (aggregate_type, aggregate_id)
    JOIN events USING (aggregate_type, aggregate_id) WHERE sequence = 1";

/// Takes the lock on the log's end, which is held until the transaction ends; gives the last position.
pub(super) async fn lock(connection: &mut PgConnection) -> Result<Position, BatchFailure> {
    let position: i64 = sqlx::query_scalar(LOCK).fetch_one(connection).await.map_err(not_written)?;
    Ok(Position::new(u64::try_from(position).unwrap_or_default()))
}

/// Tells `heads` of what is `untold`.
pub(super) async fn tell(
    connection: &mut PgConnection,
    heads: &mut LogHeads,
    untold: Untold,
) -> Result<(), BatchFailure> {
    tell_sessions(connection, heads, &untold).await?;
    tell_streams(connection, heads, &untold).await?;
    heads.know_the_rest_absent(untold);
    Ok(())
}

async fn tell_sessions(
    connection: &mut PgConnection,
    heads: &mut LogHeads,
    untold: &Untold,
) -> Result<(), BatchFailure> {
    let (tenants, sessions): (Vec<Uuid>, Vec<Uuid>) =
        untold.sessions.iter().map(|(tenant, session)| (tenant.as_uuid(), session.as_uuid())).unzip();
    let rows = sqlx::query(SESSIONS).bind(tenants).bind(sessions).fetch_all(connection).await;
    for row in rows.map_err(not_written)? {
        tell_session(heads, &row).map_err(damaged)?;
    }
    Ok(())
}

fn tell_session(heads: &mut LogHeads, row: &PgRow) -> Result<(), Damage> {
    let size = columns::count(row, "session_index")? + 1;
    let recorded_at = columns::moment(row, "recorded_at")?;
    heads.know_session(columns::session(row)?, columns::tenant(row)?, size, recorded_at);
    Ok(())
}

async fn tell_streams(
    connection: &mut PgConnection,
    heads: &mut LogHeads,
    untold: &Untold,
) -> Result<(), BatchFailure> {
    let (mut tenants, mut types, mut ids) = (Vec::new(), Vec::new(), Vec::new());
    for (tenant, stream) in &untold.streams {
        tenants.push(tenant.as_uuid());
        types.push(stream.aggregate_type.as_str());
        ids.push(stream.aggregate_id.as_str());
    }
    let statement = sqlx::query(STREAMS).bind(tenants).bind(types).bind(ids);
    for row in statement.fetch_all(connection).await.map_err(not_written)? {
        let version = columns::count(&row, "sequence").map_err(damaged)?;
        let (stream, owner) = owned_stream(&row).map_err(damaged)?;
        heads.know_stream(stream, owner, Sequence::new(version));
    }
    Ok(())
}

fn owned_stream(row: &PgRow) -> Result<(StreamId, TenantId), Damage> {
    let stream = StreamId {
        aggregate_type: columns::get(row, "aggregate_type")?,
        aggregate_id: columns::get(row, "aggregate_id")?,
    };
    Ok((stream, columns::tenant(row)?))
}

/// Tells `heads` which commands of `batch` are in the log already.
pub(super) async fn tell_commands(
    connection: &mut PgConnection,
    heads: &mut LogHeads,
    batch: &Batch,
) -> Result<(), BatchFailure> {
    let (tenants, commands): (Vec<Uuid>, Vec<Uuid>) =
        batch.appends().map(|append| (append.tenant_id.as_uuid(), append.metadata.command_id.0)).unzip();
    let rows = sqlx::query(COMMANDS).bind(tenants).bind(commands).fetch_all(connection).await;
    for ((tenant, id), (outcome, digest)) in outcomes(&rows.map_err(not_written)?).map_err(damaged)? {
        heads.know_command(tenant, id, outcome, digest);
    }
    Ok(())
}

/// The outcomes of the commands whose events are `rows`, in order of position.
#[expect(clippy::type_complexity, reason = "a map from what a command is known by to what is known of it")]
pub(super) fn outcomes(
    rows: &[PgRow],
) -> Result<HashMap<(TenantId, CommandId), (Appended, CommandDigest)>, Damage> {
    let mut known: HashMap<_, (Appended, CommandDigest)> = HashMap::new();
    for row in rows {
        let command = (columns::tenant(row)?, CommandId(columns::get(row, "command_id")?));
        let (outcome, digest) = event_of_command(row)?;
        known
            .entry(command)
            .and_modify(|(whole, _)| *whole = Appended { first: whole.first, ..outcome })
            .or_insert((outcome, digest));
    }
    Ok(known)
}

/// The outcome of a command whose only event is `row`.
fn event_of_command(row: &PgRow) -> Result<(Appended, CommandDigest), Damage> {
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

/// Whose the sessions and streams of `batch` are, of those that have an owner at all, whoever it is.
#[derive(Debug, Default)]
pub(super) struct Owners {
    sessions: Vec<(SessionId, TenantId)>,
    streams: Vec<(StreamId, TenantId)>,
}

impl Owners {
    /// Asks with the rights of those who see every tenant.
    pub(super) async fn of(database: &Database, batch: &Batch) -> Result<Self, BatchFailure> {
        let sessions: Vec<Uuid> = batch.appends().map(|append| append.session_id.as_uuid()).collect();
        let (types, ids): (Vec<_>, Vec<_>) = batch
            .appends()
            .map(|append| (append.stream.aggregate_type.as_str(), append.stream.aggregate_id.as_str()))
            .unzip();
        let of_sessions = database.ask(As::Projection, sqlx::query(SESSION_OWNERS).bind(sessions)).await;
        let of_streams = database.ask(As::Projection, sqlx::query(STREAM_OWNERS).bind(types).bind(ids)).await;
        Self::read(&of_sessions.map_err(not_written)?, &of_streams.map_err(not_written)?).map_err(damaged)
    }

    fn read(sessions: &[PgRow], streams: &[PgRow]) -> Result<Self, Damage> {
        let session = |row| Ok((columns::session(row)?, columns::tenant(row)?));
        Ok(Self {
            sessions: sessions.iter().map(session).collect::<Result<_, Damage>>()?,
            streams: streams.iter().map(owned_stream).collect::<Result<_, _>>()?,
        })
    }

    /// Whether nothing of the batch was there.
    pub(super) fn is_empty(&self) -> bool {
        self.sessions.is_empty() && self.streams.is_empty()
    }

    /// Tells `heads` of what is not the batch's tenants' own; where a foreign session or stream ends does not matter.
    pub(super) fn tell(&self, heads: &mut LogHeads, batch: &Batch) {
        for append in batch.appends() {
            let foreign = |owner: TenantId| owner != append.tenant_id;
            for (session, owner) in &self.sessions {
                if *session == append.session_id && foreign(*owner) {
                    heads.know_session(*session, *owner, 1, heads.recorded_at());
                }
            }
            for (stream, owner) in &self.streams {
                if *stream == append.stream && foreign(*owner) {
                    heads.know_stream(stream.clone(), *owner, Sequence::new(1));
                }
            }
        }
    }
}

//! What is kept beside the events: snapshots and issued heads.

use acta_application::evidence::IssuedHead;
use acta_application::log::{LogError, Sequence, Snapshot, StreamId};
use acta_domain::{SessionId, TenantId};
use acta_proof::head::{HeadState, SignedHead};
use acta_proof::key::KeyId;
use sqlx::postgres::PgRow;
use sqlx::query;

use super::unavailable;
use crate::columns::{self, Damage, number};
use crate::database::{As, Database};

pub(crate) const SNAPSHOT: &str = "
    SELECT sequence, state FROM snapshots WHERE tenant_id = $1 AND aggregate_type = $2 AND aggregate_id = $3";

const KEEP_SNAPSHOT: &str = "
    INSERT INTO snapshots (tenant_id, aggregate_type, aggregate_id, sequence, state) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (tenant_id, aggregate_type, aggregate_id) DO UPDATE SET sequence = excluded.sequence, state = excluded.state
    WHERE excluded.sequence > snapshots.sequence";

pub(crate) const LATEST_HEAD: &str = "
    SELECT number, size, state, issued_at, key_id, cose, jws FROM session_heads
    WHERE tenant_id = $1 AND session_id = $2 ORDER BY size DESC, state DESC, number DESC LIMIT 1";

pub(crate) const HEADS: &str = "
    SELECT number, size, state, issued_at, key_id, cose, jws FROM session_heads
    WHERE tenant_id = $1 AND session_id = $2 ORDER BY number LIMIT $3 OFFSET $4";

const KEEP_HEAD: &str = "
    INSERT INTO session_heads (tenant_id, session_id, size, state, issued_at, key_id, cose, jws)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT ON CONSTRAINT session_heads_once DO NOTHING";

pub(super) async fn snapshot(
    database: &Database,
    tenant: TenantId,
    stream: &StreamId,
) -> Result<Option<Snapshot>, LogError> {
    let statement =
        query(SNAPSHOT).bind(tenant.as_uuid()).bind(&stream.aggregate_type).bind(&stream.aggregate_id);
    let row = database.ask_one(As::Tenant(tenant), statement).await.map_err(unavailable)?;
    row.map(|row| read_snapshot(&row))
        .transpose()
        .map_err(|damage| LogError::Damaged { place: format!("the snapshot of {stream}"), what: damage.0 })
}

fn read_snapshot(row: &PgRow) -> Result<Snapshot, Damage> {
    let sequence = Sequence::new(columns::count(row, "sequence")?);
    Ok(Snapshot { sequence, state: columns::get(row, "state")? })
}

pub(super) async fn keep_snapshot(
    database: &Database,
    tenant: TenantId,
    stream: &StreamId,
    snapshot: &Snapshot,
) -> Result<(), LogError> {
    let statement = query(KEEP_SNAPSHOT)
        .bind(tenant.as_uuid())
        .bind(&stream.aggregate_type)
        .bind(&stream.aggregate_id)
        .bind(number(snapshot.sequence.get()))
        .bind(&snapshot.state);
    database.tell(tenant, statement).await.map(drop).map_err(unavailable)
}

pub(super) async fn latest_head(
    database: &Database,
    tenant: TenantId,
    session: SessionId,
) -> Result<Option<IssuedHead>, LogError> {
    let statement = query(LATEST_HEAD).bind(tenant.as_uuid()).bind(session.as_uuid());
    let row = database.ask_one(As::Tenant(tenant), statement).await.map_err(unavailable)?;
    row.as_ref().map(head).transpose()
}

pub(super) async fn heads(
    database: &Database,
    tenant: TenantId,
    session: SessionId,
    skip: u32,
    limit: u32,
) -> Result<Vec<IssuedHead>, LogError> {
    let statement = query(HEADS)
        .bind(tenant.as_uuid())
        .bind(session.as_uuid())
        .bind(i64::from(limit))
        .bind(i64::from(skip));
    let rows = database.ask(As::Tenant(tenant), statement).await.map_err(unavailable)?;
    rows.iter().map(head).collect()
}

pub(super) async fn keep_head(
    database: &Database,
    tenant: TenantId,
    session: SessionId,
    head: &IssuedHead,
) -> Result<(), LogError> {
    let statement = query(KEEP_HEAD)
        .bind(tenant.as_uuid())
        .bind(session.as_uuid())
        .bind(number(head.size))
        .bind(i16::from(head.state == HeadState::Closed))
        .bind(head.issued_at)
        .bind(&head.key_id.0[..])
        .bind(&head.signed.cose)
        .bind(&head.signed.jws);
    database.tell(tenant, statement).await.map(drop).map_err(unavailable)
}

fn head(row: &PgRow) -> Result<IssuedHead, LogError> {
    read_head(row).map_err(|damage| {
        let number = columns::get::<i64>(row, "number").unwrap_or_default();
        LogError::Damaged { place: format!("session head {number}"), what: damage.0 }
    })
}

fn read_head(row: &PgRow) -> Result<IssuedHead, Damage> {
    let closed = columns::get::<i16>(row, "state")? == 1;
    Ok(IssuedHead {
        size: columns::count(row, "size")?,
        state: if closed { HeadState::Closed } else { HeadState::Open },
        issued_at: columns::get(row, "issued_at")?,
        key_id: KeyId(columns::bytes(row, "key_id")?),
        signed: SignedHead { cose: columns::get(row, "cose")?, jws: columns::get(row, "jws")? },
    })
}

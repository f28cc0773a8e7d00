//! Removing rows that are no view's any more: what a discarded view had, or one in whose place a copy came.
//!
//! Nobody reads them, so it is done afterwards and in small transactions. What a crash leaves is found when views are opened.

use std::sync::Arc;

use sqlx::Row as _;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::database::{As, Database};

/// Most rows of one transaction.
const CHUNK: i64 = 5_000;

// One snapshot for both tables: a generation's rows are written together with, or after, the checkpoint that names it. Each tenant's
// generations are found by one look into the index each.
const NOBODYS: &str = "
    WITH RECURSIVE found AS (
        (SELECT tenant_id, generation FROM view_rows ORDER BY tenant_id, generation LIMIT 1)
        UNION ALL
        SELECT next.* FROM found CROSS JOIN LATERAL (
            SELECT tenant_id, generation FROM view_rows
            WHERE (tenant_id, generation) > (found.tenant_id, found.generation)
            ORDER BY tenant_id, generation LIMIT 1
        ) AS next
    )
    SELECT tenant_id, generation FROM found
    WHERE NOT EXISTS (SELECT FROM view_checkpoints WHERE view_checkpoints.generation = found.generation)";

// Another instance may be at the same work.
const REMOVE: &str = "
    WITH removed AS (
        DELETE FROM view_rows WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM view_rows WHERE tenant_id = $1 AND generation = $2 LIMIT $3 FOR UPDATE SKIP LOCKED
        )) RETURNING 1
    )
    SELECT count(*) AS removed FROM removed";

/// Sweeps at once, and then whenever `unswept` says so, until `closing`.
pub(super) async fn sweep(database: Database, unswept: Arc<Notify>, closing: CancellationToken) {
    loop {
        match closing.run_until_cancelled(sweep_all(&database)).await {
            None => return,
            Some(Ok(())) => {}
            Some(Err(error)) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "rows that are no view's cannot be removed just now"
                );
            }
        }
        if closing.run_until_cancelled(unswept.notified()).await.is_none() {
            return;
        }
    }
}

async fn sweep_all(database: &Database) -> Result<(), sqlx::Error> {
    for row in database.ask(As::Projection, sqlx::query(NOBODYS)).await? {
        let (tenant, generation): (Uuid, i64) = (row.try_get("tenant_id")?, row.try_get("generation")?);
        while remove_some(database, tenant, generation).await? == CHUNK {}
    }
    Ok(())
}

async fn remove_some(database: &Database, tenant: Uuid, generation: i64) -> Result<i64, sqlx::Error> {
    let statement = sqlx::query(REMOVE).bind(tenant).bind(generation).bind(CHUNK);
    let rows = database.ask(As::Projection, statement).await?;
    rows.first().map_or(Ok(0), |row| row.try_get("removed"))
}

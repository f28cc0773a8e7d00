//! Removing rows that are no view's any more: what a discarded view had, or one in whose place a copy came.
//!
//! Nobody reads them, so it is done afterwards and in small transactions. What a crash leaves is found when views are opened.

use std::sync::Arc;

use sqlx::Row as _;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::ask;
use crate::database::Database;

/// Most rows of one transaction.
const CHUNK: i64 = 5_000;

// One snapshot for both tables: a generation's rows are written together with, or after, the checkpoint that names it. The generations
// are found by one look into the index each.
const NOBODYS: &str = "
    WITH RECURSIVE found (generation) AS (
        SELECT min(generation) FROM view_rows
        UNION ALL
        SELECT (SELECT min(generation) FROM view_rows WHERE generation > found.generation) FROM found
        WHERE found.generation IS NOT NULL
    )
    SELECT generation FROM found WHERE generation IS NOT NULL
        AND NOT EXISTS (SELECT FROM view_checkpoints WHERE view_checkpoints.generation = found.generation)";

// Another instance may be at the same work.
const REMOVE: &str = "
    WITH removed AS (
        DELETE FROM view_rows WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM view_rows WHERE generation = $1 LIMIT $2 FOR UPDATE SKIP LOCKED
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
    for row in ask::projecting(database, sqlx::query(NOBODYS)).await? {
        let generation: i64 = row.try_get("generation")?;
        while remove_some(database, generation).await? == CHUNK {}
    }
    Ok(())
}

async fn remove_some(database: &Database, generation: i64) -> Result<i64, sqlx::Error> {
    let rows = ask::projecting(database, sqlx::query(REMOVE).bind(generation).bind(CHUNK)).await?;
    rows.first().map_or(Ok(0), |row| row.try_get("removed"))
}

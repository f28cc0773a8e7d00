//! Comparing two views where their rows are.

use std::sync::LazyLock;

use acta_application::views::{RowKey, Unlike, ViewName, ViewsError};
use acta_domain::{SessionId, TenantId};
use sqlx::sqlite::{SqliteArguments, SqliteConnection, SqlitePool, SqliteRow};
use sqlx::{Connection, Row as _, Sqlite, query};
use uuid::Uuid;

use super::unavailable;

const KEY: &str = "tenant_id, session_id, id";
const BEHIND: &str = "(tenant_id, session_id, id) > (?3, ?4, ?5)";

// Up to where both can be read with `?6` rows of each; nothing when that is to their ends.
static END: LazyLock<String> = LazyLock::new(|| {
    let end = |view: &str| {
        format!(
            "SELECT * FROM (SELECT {KEY} FROM view_rows WHERE view = {view} AND {BEHIND} ORDER BY {KEY} LIMIT 1 OFFSET ?6 - 1)"
        )
    };
    format!("{} UNION ALL {} ORDER BY tenant_id, session_id, id LIMIT 1", end("?1"), end("?2"))
});
static COMPARE: LazyLock<String> = LazyLock::new(|| compare(BEHIND));
static COMPARE_TO_END: LazyLock<String> =
    LazyLock::new(|| compare(&format!("{BEHIND} AND (tenant_id, session_id, id) <= (?6, ?7, ?8)")));

/// A row for each key that is not the same in both, and one without a key; each with a number of keys.
fn compare(range: &str) -> String {
    let run = |view: &str| format!("(SELECT * FROM view_rows WHERE view = {view} AND {range})");
    let of = |row: &str, view: &str, other: &str| {
        format!(
            "{row}.view = {view} AND {row}.tenant_id = {other}.tenant_id AND {row}.session_id = {other}.session_id
            AND {row}.id = {other}.id"
        )
    };
    let contents = |row: &str| {
        ["status", "kind", "person", "rank", "document", "position"]
            .map(|column| format!("{row}.{column}"))
            .join(", ")
    };
    let (one, other) = (run("?1"), run("?2"));
    format!(
        "SELECT NULL AS tenant_id, NULL AS session_id, NULL AS id, count(*) AS compared FROM {one}
        UNION ALL
        SELECT one.tenant_id, one.session_id, one.id, 0 FROM {one} AS one LEFT JOIN view_rows AS other ON {there}
        WHERE ({old}) IS NOT ({new})
        UNION ALL
        SELECT other.tenant_id, other.session_id, other.id, 1 FROM {other} AS other
        WHERE NOT EXISTS (SELECT 1 FROM view_rows AS one WHERE {here})",
        there = of("other", "?2", "one"),
        here = of("one", "?1", "other"),
        old = contents("one"),
        new = contents("other"),
    )
}

/// Compares at most `limit` rows of each view, behind `after`.
pub(super) async fn unlike(
    readers: &SqlitePool,
    view: &ViewName,
    other: &ViewName,
    after: Option<&RowKey>,
    limit: u32,
) -> Result<Unlike, ViewsError> {
    let behind = |statement: &'static str| {
        query(statement)
            .bind(view.as_str())
            .bind(other.as_str())
            .bind(after.map_or(Uuid::nil(), |key| key.tenant.as_uuid()))
            .bind(after.map_or(Uuid::nil(), |key| key.session.as_uuid()))
            .bind(after.map_or("", |key| key.id.as_str()))
    };
    let mut connection = readers.acquire().await.map_err(unavailable)?;
    compared(&mut connection, behind, limit).await.map_err(unavailable)
}

type Statement<'q> = sqlx::query::Query<'q, Sqlite, SqliteArguments<'q>>;

async fn compared<'q>(
    connection: &mut SqliteConnection,
    behind: impl Fn(&'static str) -> Statement<'q>,
    limit: u32,
) -> Result<Unlike, sqlx::Error> {
    let mut transaction = connection.begin().await?;
    let end = behind(&END).bind(limit).fetch_optional(&mut *transaction).await?;
    let next = end.as_ref().map(key).transpose()?;
    let compare = match &next {
        None => behind(&COMPARE),
        Some(RowKey { tenant, session, id }) => {
            behind(&COMPARE_TO_END).bind(tenant.as_uuid()).bind(session.as_uuid()).bind(id.clone())
        }
    };
    let mut found = Unlike { next, ..Unlike::default() };
    for row in compare.fetch_all(&mut *transaction).await? {
        found.compared += u64::from(row.try_get::<u32, _>("compared")?);
        if row.try_get::<Option<&str>, _>("id")?.is_some() {
            found.keys.push(key(&row)?);
        }
    }
    transaction.commit().await?;
    Ok(found)
}

fn key(row: &SqliteRow) -> Result<RowKey, sqlx::Error> {
    Ok(RowKey {
        tenant: TenantId::new(row.try_get("tenant_id")?),
        session: SessionId::new(row.try_get("session_id")?),
        id: row.try_get("id")?,
    })
}

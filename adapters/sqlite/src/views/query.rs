//! What readers of a view ask.

use std::sync::LazyLock;

use acta_application::views::{Order, RowKey, ViewName, ViewQuery, ViewRow, ViewsError};
use serde_json::json;
use sqlx::sqlite::{SqlitePool, SqliteRow};
use sqlx::{QueryBuilder, Sqlite, query};
use uuid::Uuid;

use super::row::{COLUMNS, view_row};
use super::unavailable;

// The wanted keys come as one JSON text, so that the statement is the same for any number of them.
static ROWS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {COLUMNS} FROM json_each(?2) AS wanted CROSS JOIN view_rows AS row
        WHERE view = ?1 AND tenant_id = unhex(wanted.value ->> 0) AND session_id = unhex(wanted.value ->> 1)
            AND row.id = wanted.value ->> 2"
    )
});
static SCAN: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {COLUMNS} FROM view_rows AS row WHERE view = ?1 AND (tenant_id, session_id, row.id) > (?2, ?3, ?4)
        ORDER BY tenant_id, session_id, row.id LIMIT ?5"
    )
});

/// The rows of `keys` that exist.
pub(super) async fn rows(
    readers: &SqlitePool,
    view: &ViewName,
    keys: &[RowKey],
) -> Result<Vec<ViewRow>, ViewsError> {
    let wanted: Vec<_> = keys
        .iter()
        .map(|key| json!([hex(key.tenant.as_uuid()), hex(key.session.as_uuid()), key.id]))
        .collect();
    let rows = query(&ROWS).bind(view.as_str()).bind(json!(wanted).to_string()).fetch_all(readers).await;
    view_rows(view, &rows.map_err(unavailable)?)
}

/// The rows behind `after`, in order of key.
pub(super) async fn scan(
    readers: &SqlitePool,
    view: &ViewName,
    after: Option<&RowKey>,
    limit: u32,
) -> Result<Vec<ViewRow>, ViewsError> {
    let rows = query(&SCAN)
        .bind(view.as_str())
        .bind(after.map_or(Uuid::nil(), |key| key.tenant.as_uuid()))
        .bind(after.map_or(Uuid::nil(), |key| key.session.as_uuid()))
        .bind(after.map_or("", |key| key.id.as_str()))
        .bind(limit)
        .fetch_all(readers)
        .await;
    view_rows(view, &rows.map_err(unavailable)?)
}

/// The rows that `query` asks for.
pub(super) async fn page(
    readers: &SqlitePool,
    view: &ViewName,
    query: &ViewQuery,
) -> Result<Vec<ViewRow>, ViewsError> {
    let mut statement = QueryBuilder::new(format!("SELECT {COLUMNS} FROM view_rows AS row WHERE view = "));
    statement.push_bind(view.as_str().to_owned());
    statement.push(" AND tenant_id = ").push_bind(query.tenant.as_uuid());
    push_filters(&mut statement, query);
    push_order(&mut statement, query);
    statement.push(" LIMIT ").push_bind(query.limit);
    let rows = statement.build().fetch_all(readers).await;
    view_rows(view, &rows.map_err(unavailable)?)
}

fn push_filters(statement: &mut QueryBuilder<'_, Sqlite>, query: &ViewQuery) {
    if let Some(session) = query.session {
        statement.push(" AND session_id = ").push_bind(session.as_uuid());
    }
    for (column, wanted) in [("status", &query.status), ("kind", &query.kind), ("person", &query.person)] {
        if let Some(wanted) = wanted {
            statement.push(format!(" AND {column} = ")).push_bind(wanted.clone());
        }
    }
    if let Some(from) = query.rank_from {
        statement.push(" AND rank >= ").push_bind(from);
    }
    if let Some(until) = query.rank_until {
        statement.push(" AND rank < ").push_bind(until);
    }
}

fn push_order(statement: &mut QueryBuilder<'_, Sqlite>, query: &ViewQuery) {
    let (behind, way) = match query.order {
        Order::Ascending => (">", "ASC"),
        Order::Descending => ("<", "DESC"),
    };
    if let Some(cursor) = &query.after {
        statement.push(format!(" AND (rank, session_id, row.id) {behind} (")).push_bind(cursor.rank);
        statement.push(", ").push_bind(cursor.session.as_uuid());
        statement.push(", ").push_bind(cursor.id.clone()).push(")");
    }
    statement.push(format!(" ORDER BY rank {way}, session_id {way}, row.id {way}"));
}

fn view_rows(view: &ViewName, rows: &[SqliteRow]) -> Result<Vec<ViewRow>, ViewsError> {
    rows.iter().map(|row| view_row(view, row)).collect()
}

fn hex(id: Uuid) -> String {
    id.simple().to_string()
}

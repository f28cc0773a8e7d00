//! What readers of a view ask.

use std::sync::LazyLock;

use acta_application::views::{Cursor, Order, RowKey, ViewName, ViewQuery, ViewRow, ViewsError};
use sqlx::postgres::PgRow;
use sqlx::{Postgres, QueryBuilder, Row as _, query};
use uuid::Uuid;

use super::row::{COLUMNS, standing, view_row};
use super::told::Standing;
use super::unavailable;
use crate::columns::number;
use crate::database::{As, Database};

const CHECKPOINT: &str = "SELECT revision, position FROM view_checkpoints WHERE view = $1";

const CHECKPOINTS: &str = "SELECT view, revision, position FROM view_checkpoints";

// One look into the index for each key, however many there are.
static ROWS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {COLUMNS} FROM unnest($2::uuid[], $3::uuid[], $4::text[]) AS wanted (tenant_id, session_id, id)
        CROSS JOIN LATERAL (
            SELECT * FROM view_rows
            WHERE generation = (SELECT generation FROM view_checkpoints WHERE view = $1) AND tenant_id = wanted.tenant_id
                AND session_id = wanted.session_id AND id = wanted.id
            LIMIT 1
        ) AS row"
    )
});
// The rest of one tenant, then the tenants behind it: each part is a range of the index.
static SCAN: LazyLock<String> = LazyLock::new(|| {
    let part = |condition: &str| {
        format!(
            "(SELECT * FROM view_rows
            WHERE generation = (SELECT generation FROM view_checkpoints WHERE view = $1) AND {condition}
            ORDER BY tenant_id, session_id, id LIMIT $5)"
        )
    };
    let (rest, others) = (part("tenant_id = $2 AND (session_id, id) > ($3, $4)"), part("tenant_id > $2"));
    format!(
        "SELECT {COLUMNS} FROM ({rest} UNION ALL {others}) AS row ORDER BY tenant_id, session_id, id LIMIT $5"
    )
});

/// Where the checkpoint of `view` stands.
pub(super) async fn checkpoint(database: &Database, view: &ViewName) -> Result<Standing, sqlx::Error> {
    let rows = database.ask(As::Service, query(CHECKPOINT).bind(view.as_str())).await?;
    rows.first().map_or(Ok(Standing::default()), standing)
}

/// Where all checkpoints stand.
pub(super) async fn checkpoints(database: &Database) -> Result<Vec<(ViewName, Standing)>, sqlx::Error> {
    let rows = database.ask(As::Projection, query(CHECKPOINTS)).await?;
    rows.iter().map(|row| Ok((ViewName::new(row.try_get("view")?), standing(row)?))).collect()
}

/// The rows of `keys` that exist. Keys of one tenant are asked for in its name, and show nothing else.
pub(super) async fn rows(
    database: &Database,
    view: &ViewName,
    keys: &[RowKey],
) -> Result<Vec<ViewRow>, ViewsError> {
    let Some(first) = keys.first() else { return Ok(Vec::new()) };
    let statement = query(&ROWS)
        .bind(view.as_str())
        .bind(keys.iter().map(|key| key.tenant.as_uuid()).collect::<Vec<_>>())
        .bind(keys.iter().map(|key| key.session.as_uuid()).collect::<Vec<_>>())
        .bind(keys.iter().map(|key| key.id.as_str()).collect::<Vec<_>>());
    let rows = if keys.iter().all(|key| key.tenant == first.tenant) {
        database.ask(As::Tenant(first.tenant), statement).await
    } else {
        database.ask(As::Projection, statement).await
    };
    view_rows(view, &rows.map_err(unavailable)?)
}

/// The rows behind `after`, in order of key.
pub(super) async fn scan(
    database: &Database,
    view: &ViewName,
    after: Option<&RowKey>,
    limit: u32,
) -> Result<Vec<ViewRow>, ViewsError> {
    let statement = query(&SCAN)
        .bind(view.as_str())
        .bind(after.map_or(Uuid::nil(), |key| key.tenant.as_uuid()))
        .bind(after.map_or(Uuid::nil(), |key| key.session.as_uuid()))
        .bind(after.map_or("", |key| key.id.as_str()))
        .bind(number(limit.into()));
    let rows = database.ask(As::Projection, statement).await;
    view_rows(view, &rows.map_err(unavailable)?)
}

/// The rows that `query` asks for.
pub(super) async fn page(
    database: &Database,
    view: &ViewName,
    query: &ViewQuery,
) -> Result<Vec<ViewRow>, ViewsError> {
    let mut statement = statement(view, query);
    let rows = database.ask(As::Tenant(query.tenant), statement.build()).await;
    view_rows(view, &rows.map_err(unavailable)?)
}

fn statement(view: &ViewName, query: &ViewQuery) -> QueryBuilder<'static, Postgres> {
    let mut statement = QueryBuilder::new(format!(
        "SELECT {COLUMNS} FROM view_rows AS row WHERE generation = (SELECT generation FROM view_checkpoints WHERE view = "
    ));
    statement.push_bind(view.as_str().to_owned());
    statement.push(") AND tenant_id = ").push_bind(query.tenant.as_uuid());
    push_filters(&mut statement, query);
    push_order(&mut statement, query);
    statement.push(" LIMIT ").push_bind(number(query.limit.into()));
    statement
}

fn push_filters(statement: &mut QueryBuilder<'_, Postgres>, query: &ViewQuery) {
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

fn push_order(statement: &mut QueryBuilder<'_, Postgres>, query: &ViewQuery) {
    let (behind, way) = match query.order {
        Order::Ascending => (">", "ASC"),
        Order::Descending => ("<", "DESC"),
    };
    match &query.after {
        // Without the session it is a place in the index of the session.
        Some(Cursor { rank, session, id }) if query.session == Some(*session) => {
            statement.push(format!(" AND (rank, id) {behind} (")).push_bind(*rank);
            statement.push(", ").push_bind(id.clone()).push(")");
        }
        Some(Cursor { rank, session, id }) => {
            statement.push(format!(" AND (rank, session_id, id) {behind} (")).push_bind(*rank);
            statement.push(", ").push_bind(session.as_uuid());
            statement.push(", ").push_bind(id.clone()).push(")");
        }
        None => {}
    }
    statement.push(format!(" ORDER BY rank {way}, session_id {way}, id {way}"));
}

fn view_rows(view: &ViewName, rows: &[PgRow]) -> Result<Vec<ViewRow>, ViewsError> {
    rows.iter().map(|row| view_row(view, row)).collect()
}

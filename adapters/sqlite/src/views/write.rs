//! What the writer of a view does; each in one transaction, so that rows and checkpoint move together.

use acta_application::log::Position;
use acta_application::views::{ViewName, ViewRow, ViewsError};
use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection, QueryBuilder, Sqlite, Transaction, query};

use super::{checkpoint, unavailable};
use crate::columns::number;

/// Most rows of one statement.
const MOST_ROWS: usize = 64;

const MOVE_CHECKPOINT: &str = "
    INSERT INTO view_checkpoints (view, position) VALUES (?1, ?2)
    ON CONFLICT DO UPDATE SET position = excluded.position";

/// Writes `rows` and moves the checkpoint.
pub(super) async fn commit(
    connection: &mut SqliteConnection,
    view: &ViewName,
    expected: Position,
    reached: Position,
    rows: &[ViewRow],
) -> Result<(), ViewsError> {
    let mut transaction = begin(connection).await?;
    stands_at(&mut transaction, view, expected).await?;
    for rows in rows.chunks(MOST_ROWS) {
        upsert(&mut transaction, view, rows).await.map_err(unavailable)?;
    }
    let moved = query(MOVE_CHECKPOINT).bind(view.as_str()).bind(number(reached.get()));
    moved.execute(&mut *transaction).await.map_err(unavailable)?;
    transaction.commit().await.map_err(unavailable)
}

/// Removes the rows and the checkpoint.
pub(super) async fn discard(connection: &mut SqliteConnection, view: &ViewName) -> Result<(), ViewsError> {
    let mut transaction = begin(connection).await?;
    remove(&mut transaction, view).await.map_err(unavailable)?;
    transaction.commit().await.map_err(unavailable)
}

/// Puts the copy in the place of the view.
pub(super) async fn replace(
    connection: &mut SqliteConnection,
    view: &ViewName,
    copy: &ViewName,
    position: Position,
) -> Result<(), ViewsError> {
    let mut transaction = begin(connection).await?;
    stands_at(&mut transaction, view, position).await?;
    stands_at(&mut transaction, copy, position).await?;
    remove(&mut transaction, view).await.map_err(unavailable)?;
    rename(&mut transaction, view, copy).await.map_err(unavailable)?;
    transaction.commit().await.map_err(unavailable)
}

async fn begin(connection: &mut SqliteConnection) -> Result<Transaction<'_, Sqlite>, ViewsError> {
    connection.begin_with("BEGIN IMMEDIATE").await.map_err(unavailable)
}

async fn stands_at(
    connection: &mut SqliteConnection,
    view: &ViewName,
    expected: Position,
) -> Result<(), ViewsError> {
    let actual = checkpoint(connection, view).await?;
    if actual != expected {
        return Err(ViewsError::CheckpointMoved { view: view.clone(), expected, actual });
    }
    Ok(())
}

async fn upsert(
    connection: &mut SqliteConnection,
    view: &ViewName,
    rows: &[ViewRow],
) -> Result<(), sqlx::Error> {
    let mut statement = QueryBuilder::<Sqlite>::new(
        "INSERT INTO view_rows (view, tenant_id, session_id, id, status, kind, person, rank, document, position) ",
    );
    statement.push_values(rows, |mut values, row| {
        values
            .push_bind(view.as_str())
            .push_bind(row.key.tenant.as_uuid())
            .push_bind(row.key.session.as_uuid())
            .push_bind(row.key.id.as_str())
            .push_bind(row.columns.status.as_deref())
            .push_bind(row.columns.kind.as_deref())
            .push_bind(row.columns.person.as_deref())
            .push_bind(row.columns.rank)
            .push_bind(row.document.as_str())
            .push_bind(number(row.position.get()));
    });
    statement.push(
        " ON CONFLICT DO UPDATE SET status = excluded.status, kind = excluded.kind, person = excluded.person, \
         rank = excluded.rank, document = excluded.document, position = excluded.position",
    );
    statement.build().execute(connection).await.map(|_| ())
}

async fn remove(connection: &mut SqliteConnection, view: &ViewName) -> Result<(), sqlx::Error> {
    for statement in ["DELETE FROM view_rows WHERE view = ?1", "DELETE FROM view_checkpoints WHERE view = ?1"]
    {
        query::<Sqlite>(statement).bind(view.as_str()).execute(&mut *connection).await?;
    }
    Ok(())
}

async fn rename(
    connection: &mut SqliteConnection,
    view: &ViewName,
    copy: &ViewName,
) -> Result<(), sqlx::Error> {
    for table in ["view_rows", "view_checkpoints"] {
        let statement = format!("UPDATE {table} SET view = ?1 WHERE view = ?2");
        let renamed = query::<Sqlite>(&statement).bind(view.as_str()).bind(copy.as_str());
        renamed.execute(&mut *connection).await?;
    }
    Ok(())
}

//! What the writer of a view does; each in one statement, so that rows and checkpoint move together.

use acta_application::log::Position;
use acta_application::views::{ViewName, ViewRow, ViewsError};
use sqlx::Row as _;
use sqlx::error::DatabaseError;
use sqlx::postgres::PgRow;

use super::row::position;
use super::told::Standing;
use super::unavailable;
use crate::columns::number;
use crate::database::{As, Database};

const COMMIT: &str = "
    SELECT actual, moved FROM commit_view($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";

const DISCARD: &str = "
    UPDATE view_checkpoints SET position = 0, generation = nextval('view_generations'), revision = revision + 1
    WHERE view = $1";

const REPLACE: &str = "SELECT other, actual FROM replace_view($1, $2, $3)";

/// Rows to write; no key comes twice.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rows<'r> {
    /// Those whose keys the view does not have.
    pub(super) fresh: &'r [ViewRow],
    /// Those that may be written over others.
    pub(super) changed: &'r [ViewRow],
}

impl<'r> Rows<'r> {
    fn column<T>(self, value: impl Fn(&'r ViewRow) -> T) -> Vec<T> {
        self.fresh.iter().chain(self.changed).map(value).collect()
    }
}

/// Writes `rows` and moves the checkpoint.
pub(super) async fn commit(
    database: &Database,
    view: &ViewName,
    expected: Position,
    reached: Position,
    rows: Rows<'_>,
) -> Result<Standing, ViewsError> {
    let statement = sqlx::query(COMMIT)
        .bind(view.as_str())
        .bind(number(expected.get()))
        .bind(number(reached.get()))
        .bind(number(rows.fresh.len() as u64))
        .bind(rows.column(|row| row.key.tenant.as_uuid()))
        .bind(rows.column(|row| row.key.session.as_uuid()))
        .bind(rows.column(|row| row.key.id.as_str()))
        .bind(rows.column(|row| row.columns.status.as_deref()))
        .bind(rows.column(|row| row.columns.kind.as_deref()))
        .bind(rows.column(|row| row.columns.person.as_deref()))
        .bind(rows.column(|row| row.columns.rank))
        .bind(rows.column(|row| row.document.as_str()))
        .bind(rows.column(|row| number(row.position.get())));
    let answer = database.ask(As::Projection, statement).await.map_err(|error| refused(view, error))?;
    let (actual, moved) = committed(&answer).map_err(unavailable)?;
    match moved {
        Some(revision) => Ok(Standing { revision, position: reached }),
        None => Err(ViewsError::CheckpointMoved { view: view.clone(), expected, actual: position(actual) }),
    }
}

fn committed(answer: &[PgRow]) -> Result<(i64, Option<i64>), sqlx::Error> {
    let row = answer.first().ok_or(sqlx::Error::RowNotFound)?;
    Ok((row.try_get("actual")?, row.try_get("moved")?))
}

/// Leaves the rows to nobody and the checkpoint at the start.
pub(super) async fn discard(database: &Database, view: &ViewName) -> Result<(), ViewsError> {
    let statement = sqlx::query(DISCARD).bind(view.as_str());
    database.ask(As::Projection, statement).await.map(drop).map_err(unavailable)
}

/// Puts the copy in the place of the view.
pub(super) async fn replace(
    database: &Database,
    view: &ViewName,
    copy: &ViewName,
    expected: Position,
) -> Result<(), ViewsError> {
    let statement = sqlx::query(REPLACE).bind(view.as_str()).bind(copy.as_str()).bind(number(expected.get()));
    let answer = database.ask(As::Projection, statement).await.map_err(unavailable)?;
    match elsewhere(&answer).map_err(unavailable)? {
        None => Ok(()),
        Some((view, actual)) => Err(ViewsError::CheckpointMoved { view, expected, actual }),
    }
}

fn elsewhere(answer: &[PgRow]) -> Result<Option<(ViewName, Position)>, sqlx::Error> {
    let row = answer.first().ok_or(sqlx::Error::RowNotFound)?;
    let (other, actual): (Option<String>, Option<i64>) = (row.try_get("other")?, row.try_get("actual")?);
    Ok(other.map(|other| (ViewName::new(&other), position(actual.unwrap_or_default()))))
}

/// Rows that the tables do not take will never be taken; anything else may go away.
fn refused(view: &ViewName, error: sqlx::Error) -> ViewsError {
    // A key twice, a value out of its form, a constraint, an id too long for an index.
    const OF_THE_ROWS: [&str; 4] = ["21", "22", "23", "54"];
    let code = error.as_database_error().and_then(DatabaseError::code);
    match code {
        Some(code) if OF_THE_ROWS.iter().any(|class| code.starts_with(class)) => {
            let what = format!("the database does not take it (SQLSTATE {code})");
            ViewsError::Damaged { view: view.clone(), what }
        }
        _ => unavailable(error),
    }
}

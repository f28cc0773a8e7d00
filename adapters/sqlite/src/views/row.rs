//! How rows of the database become rows of a view.

use acta_application::log::Position;
use acta_application::views::{Columns, RowKey, ViewName, ViewRow, ViewsError};
use sqlx::sqlite::SqliteRow;

use crate::columns::{self, Damage};

/// The columns that [`view_row`] reads.
pub(super) const COLUMNS: &str =
    "tenant_id, session_id, row.id AS id, status, kind, person, rank, document, position";

/// The view's row.
pub(super) fn view_row(view: &ViewName, row: &SqliteRow) -> Result<ViewRow, ViewsError> {
    read(row).map_err(|damage| ViewsError::Damaged { view: view.clone(), what: damage.0 })
}

fn read(row: &SqliteRow) -> Result<ViewRow, Damage> {
    Ok(ViewRow {
        key: RowKey {
            tenant: columns::tenant(row)?,
            session: columns::session(row)?,
            id: columns::get(row, "id")?,
        },
        columns: Columns {
            status: columns::get(row, "status")?,
            kind: columns::get(row, "kind")?,
            person: columns::get(row, "person")?,
            rank: columns::get(row, "rank")?,
        },
        document: columns::get(row, "document")?,
        position: Position::new(columns::count(row, "position")?),
    })
}

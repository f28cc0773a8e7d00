//! How rows of the database become rows of a view, and checkpoints ours.

use acta_application::log::Position;
use acta_application::views::{Columns, RowKey, ViewName, ViewRow, ViewsError};
use sqlx::postgres::PgRow;

use super::told::Standing;
use crate::columns::{self, Damage};

/// The columns that [`view_row`] reads.
pub(super) const COLUMNS: &str = "row.tenant_id, row.session_id, row.id, row.status, row.kind, row.person, row.rank, \
                                  row.document, row.position";

/// The view's row.
pub(super) fn view_row(view: &ViewName, row: &PgRow) -> Result<ViewRow, ViewsError> {
    read(row).map_err(|damage| ViewsError::Damaged { view: view.clone(), what: damage.0 })
}

fn read(row: &PgRow) -> Result<ViewRow, Damage> {
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
        document: columns::text(row, "document")?,
        position: Position::new(columns::count(row, "position")?),
    })
}

/// Where a checkpoint stands.
pub(super) fn standing(row: &PgRow) -> Result<Standing, sqlx::Error> {
    use sqlx::Row as _;
    Ok(Standing { revision: row.try_get("revision")?, position: position(row.try_get("position")?) })
}

/// A position as the database keeps it.
pub(super) fn position(stored: i64) -> Position {
    Position::new(u64::try_from(stored).unwrap_or_default())
}

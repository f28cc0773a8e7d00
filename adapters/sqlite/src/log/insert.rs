//! How events become rows.

use acta_application::log::NewRow;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteConnection};
use sqlx::{Sqlite, query};

use crate::columns::number;

/// Most rows of one statement.
const MOST_ROWS: usize = 64;

/// The insert statements for 1, 2, 3 … rows.
#[derive(Debug)]
pub(super) struct Inserts(Vec<String>);

impl Inserts {
    pub(super) fn new() -> Self {
        Self((1..=MOST_ROWS).map(statement).collect())
    }

    /// Inserts `rows` in their order.
    pub(super) async fn insert(
        &self,
        connection: &mut SqliteConnection,
        rows: &[NewRow],
    ) -> Result<(), sqlx::Error> {
        for rows in rows.chunks(MOST_ROWS) {
            let statement = query(&self.0[rows.len() - 1]);
            rows.iter().fold(statement, bind).execute(&mut *connection).await?;
        }
        Ok(())
    }
}

fn statement(rows: usize) -> String {
    const ROW: &str = "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
    format!(
        "INSERT INTO events (position, tenant_id, session_id, session_index, aggregate_type, aggregate_id, \
         sequence, event_type, event_version, payload, metadata, command_id, command_digest, command_event, \
         sealed, recorded_at, salt, commitment) VALUES {}",
        vec![ROW; rows].join(",")
    )
}

type Statement<'q> = Query<'q, Sqlite, SqliteArguments<'q>>;

fn bind<'q>(statement: Statement<'q>, row: &'q NewRow) -> Statement<'q> {
    let event = &row.event;
    statement
        .bind(number(event.position.get()))
        .bind(event.tenant_id.as_uuid())
        .bind(event.session_id.as_uuid())
        .bind(number(event.session_index.get()))
        .bind(&event.stream.aggregate_type)
        .bind(&event.stream.aggregate_id)
        .bind(number(event.sequence.get()))
        .bind(&event.event_type)
        .bind(event.event_version.to_string())
        .bind(&event.payload)
        .bind(&event.metadata)
        .bind(row.command_id.0)
        .bind(&row.command_digest.0[..])
        .bind(number(row.command_event))
        .bind(event.sealed.as_ref().map(acta_proof::sealed::SealedPart::encode))
        .bind(event.recorded_at.as_micros())
        .bind(&event.salt.0[..])
        .bind(&event.commitment.0[..])
}

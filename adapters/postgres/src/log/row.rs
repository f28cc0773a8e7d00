//! How rows become events.

use acta_application::log::{LogError, Position, RecordedEvent, Sequence, SessionIndex, StreamId};
use acta_proof::commitment::{Commitment, Salt};
use acta_proof::sealed::SealedPart;
use sqlx::postgres::PgRow;

use crate::columns::{self, Damage};

/// The columns that [`event`] reads.
pub(super) const COLUMNS: &str = "position, tenant_id, session_id, session_index, aggregate_type, aggregate_id, sequence, \
     event_type, event_version, payload, metadata, sealed, recorded_at, salt, commitment";

/// The event of a row.
pub(super) fn event(row: &PgRow) -> Result<RecordedEvent, LogError> {
    read(row).map_err(|damage| damaged(row, damage))
}

/// About the memory that the event of a row takes: see [`RecordedEvent::size`].
pub(super) fn size(row: &PgRow) -> usize {
    ["payload", "metadata", "sealed"].into_iter().map(|column| columns::length(row, column)).sum()
}

/// The damage of a row that has a position.
pub(super) fn damaged(row: &PgRow, damage: Damage) -> LogError {
    let place = columns::get::<i64>(row, "position")
        .map_or_else(|_| "an unknown position".to_owned(), |position| format!("position {position}"));
    LogError::Damaged { place, what: damage.0 }
}

fn read(row: &PgRow) -> Result<RecordedEvent, Damage> {
    Ok(RecordedEvent {
        position: Position::new(columns::count(row, "position")?),
        tenant_id: columns::tenant(row)?,
        session_id: columns::session(row)?,
        session_index: SessionIndex::new(columns::count(row, "session_index")?),
        stream: StreamId {
            aggregate_type: columns::get(row, "aggregate_type")?,
            aggregate_id: columns::get(row, "aggregate_id")?,
        },
        sequence: Sequence::new(columns::count(row, "sequence")?),
        event_type: columns::get(row, "event_type")?,
        event_version: version(row)?,
        payload: columns::text(row, "payload")?,
        metadata: columns::text(row, "metadata")?,
        sealed: sealed(row)?,
        recorded_at: columns::moment(row, "recorded_at")?,
        salt: Salt(columns::bytes(row, "salt")?),
        commitment: Commitment(columns::bytes(row, "commitment")?),
    })
}

fn version(row: &PgRow) -> Result<u32, Damage> {
    let text: &str = columns::get(row, "event_version")?;
    text.parse().map_err(|error| Damage::of("event_version", error))
}

fn sealed(row: &PgRow) -> Result<Option<SealedPart>, Damage> {
    columns::get::<Option<&[u8]>>(row, "sealed")?
        .map(SealedPart::decode)
        .transpose()
        .map_err(|error| Damage::of("sealed", error))
}

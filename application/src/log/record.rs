//! How a new event becomes a row: the one place where commitments are made, for every store.

use acta_domain::Timestamp;
use acta_proof::commitment::{Salt, commit};
use acta_proof::event::EventStatement;

use super::{Append, NewEvent, Position, RecordedEvent, Sequence, SessionIndex};

/// The place that the log's writer gives an event.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Place in the log.
    pub position: Position,
    /// Place in the session.
    pub session_index: SessionIndex,
    /// Place in the stream.
    pub sequence: Sequence,
    /// When.
    pub recorded_at: Timestamp,
}

/// The metadata cannot be written as canonical JSON.
#[derive(Debug, thiserror::Error)]
#[error("the metadata cannot be written as canonical JSON")]
pub struct RecordError(#[source] serde_json::Error);

/// The row of `event`, one of `append`'s, at `place`.
///
/// # Errors
/// When the metadata has no canonical form.
pub fn record(
    append: &Append,
    event: &NewEvent,
    place: Place,
    salt: Salt,
) -> Result<RecordedEvent, RecordError> {
    let metadata = serde_json_canonicalizer::to_string(&append.metadata.to_map()).map_err(RecordError)?;
    let mut row = RecordedEvent {
        position: place.position,
        tenant_id: append.tenant_id,
        session_id: append.session_id,
        session_index: place.session_index,
        stream: append.stream.clone(),
        sequence: place.sequence,
        event_type: event.event_type.clone(),
        event_version: event.event_version,
        payload: event.payload.clone(),
        metadata,
        sealed: event.sealed.clone(),
        recorded_at: place.recorded_at,
        commitment: acta_proof::commitment::Commitment([0; 32]),
        salt,
    };
    row.commitment = commit(&row.salt, &row.statement().encode());
    Ok(row)
}

impl RecordedEvent {
    /// What the commitment is about: everything but the position, which would tell of other tenants, and the salt.
    pub fn statement(&self) -> EventStatement {
        EventStatement {
            tenant: self.tenant_id.as_uuid().into_bytes(),
            session: self.session_id.as_uuid().into_bytes(),
            session_index: self.session_index.get(),
            aggregate_type: self.stream.aggregate_type.clone(),
            aggregate_id: self.stream.aggregate_id.clone(),
            sequence: self.sequence.get(),
            event_type: self.event_type.clone(),
            event_version: u64::from(self.event_version),
            recorded_at: self.recorded_at.as_micros(),
            payload: self.payload.clone().into_bytes(),
            metadata: self.metadata.clone().into_bytes(),
            sealed: self.sealed.clone(),
        }
    }
}

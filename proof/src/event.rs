//! The statement under a commitment: one event with everything that ties it to its place.

use crate::cbor::{CborError, Cursor, Encoder};
use crate::json::is_canonical_object;
use crate::sealed::SealedPart;

/// One event as it is committed to. It names its own tenant, session, place, stream and version, so it cannot be shown as
/// another one. Personal data are in [`EventStatement::sealed`] only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventStatement {
    /// The tenant's id, 16 bytes of a UUID.
    pub tenant: [u8; 16],
    /// The session's id, 16 bytes of a UUID.
    pub session: [u8; 16],
    /// The place in the session, counted from 0; also the leaf index in the session tree.
    pub session_index: u64,
    /// The kind of the aggregate, e.g. `floor`.
    pub aggregate_type: String,
    /// The id of the aggregate within its kind.
    pub aggregate_id: String,
    /// The place in the aggregate's own stream, counted from 1.
    pub sequence: u64,
    /// The kind of the event, e.g. `floor.requested`.
    pub event_type: String,
    /// The version of the event's schema.
    pub event_version: u64,
    /// When it was recorded, in microseconds since the Unix epoch.
    pub recorded_at: i64,
    /// What happened, as a canonical JSON object (RFC 8785).
    pub payload: Vec<u8>,
    /// Actor, command id and the like, as a canonical JSON object (RFC 8785).
    pub metadata: Vec<u8>,
    /// Names and spoken words, as ciphertext, if the event has any.
    pub sealed: Option<SealedPart>,
}

/// Why bytes are not an event statement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// Not the deterministic CBOR of an event statement.
    #[error("the event is not in the expected encoding")]
    Encoding(#[from] CborError),
    /// The named field is not a JSON object in canonical form.
    #[error("the event's {field} is not a JSON object in canonical form (RFC 8785)")]
    NotCanonical {
        /// `payload` or `metadata`.
        field: &'static str,
    },
}

impl EventStatement {
    // ab / ac                map(11), or map(12) with a sealed part
    //    01 50 …16           tenant
    //    02 50 …16           session
    //    03 uint             session index, from 0
    //    04 text             aggregate type
    //    05 text             aggregate id
    //    06 uint             sequence, from 1
    //    07 text             event type
    //    08 uint             event version
    //    09 int              recorded at, µs since 1970-01-01T00:00Z
    //    0a bstr             payload, canonical JSON
    //    0b bstr             metadata, canonical JSON
    //    0c map(4)           sealed part, see `SealedPart`; absent when there is none
    /// The bytes that are committed to.
    pub fn encode(&self) -> Vec<u8> {
        let fields = Encoder::with_capacity(256 + self.payload.len() + self.metadata.len())
            .map(11 + usize::from(self.sealed.is_some()))
            .int(1)
            .bytes(&self.tenant)
            .int(2)
            .bytes(&self.session)
            .int(3)
            .uint(self.session_index)
            .int(4)
            .text(&self.aggregate_type)
            .int(5)
            .text(&self.aggregate_id)
            .int(6)
            .uint(self.sequence)
            .int(7)
            .text(&self.event_type)
            .int(8)
            .uint(self.event_version)
            .int(9)
            .int(self.recorded_at)
            .int(10)
            .bytes(&self.payload)
            .int(11)
            .bytes(&self.metadata);
        match &self.sealed {
            Some(sealed) => sealed.write(fields.int(12)).finish(),
            None => fields.finish(),
        }
    }

    /// Reads what [`EventStatement::encode`] wrote, and nothing else.
    ///
    /// # Errors
    /// [`EventError`] naming the first thing that is different.
    pub fn decode(bytes: &[u8]) -> Result<Self, EventError> {
        let mut cursor = Cursor::new(bytes);
        let event = Self::read(&mut cursor)?;
        cursor.end()?;
        for (field, json) in [("payload", &event.payload), ("metadata", &event.metadata)] {
            if !is_canonical_object(json) {
                return Err(EventError::NotCanonical { field });
            }
        }
        Ok(event)
    }

    fn read(cursor: &mut Cursor) -> Result<Self, CborError> {
        let has_sealed = match cursor.clone().map()? {
            12 => cursor.map_of(12).map(|()| true)?,
            _ => cursor.map_of(11).map(|()| false)?,
        };
        Ok(Self {
            tenant: cursor.at_key(1)?.fixed()?,
            session: cursor.at_key(2)?.fixed()?,
            session_index: cursor.at_key(3)?.uint()?,
            aggregate_type: cursor.at_key(4)?.text()?.to_owned(),
            aggregate_id: cursor.at_key(5)?.text()?.to_owned(),
            sequence: cursor.at_key(6)?.uint()?,
            event_type: cursor.at_key(7)?.text()?.to_owned(),
            event_version: cursor.at_key(8)?.uint()?,
            recorded_at: cursor.at_key(9)?.int()?,
            payload: cursor.at_key(10)?.bytes()?.to_vec(),
            metadata: cursor.at_key(11)?.bytes()?.to_vec(),
            sealed: if has_sealed { Some(SealedPart::read(cursor.at_key(12)?)?) } else { None },
        })
    }
}

#[cfg(test)]
mod tests;

//! An event as the feed shows it.

use acta_application::log::{RecordedEvent, UnreadableEvent};
use acta_domain::{SessionId, Timestamp};
use acta_projections::StoredPart;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::schema;

/// An event of the log.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Event)]
pub(crate) struct EventResource {
    /// Place in the whole log: 1, 2, 3 …; a tenant's own events leave gaps where others' stand.
    pub(super) position: u64,
    /// The session that it belongs to.
    #[schema(value_type = Uuid)]
    session_id: SessionId,
    /// Place in that session: 0, 1, 2 … without gaps.
    session_index: u64,
    /// The aggregate's stream.
    stream: StreamResource,
    /// Place in that stream: 1, 2, 3 … without gaps.
    sequence: u64,
    /// Name with version.
    #[serde(rename = "type")]
    #[schema(example = "session.created.v1")]
    pub(super) event_type: String,
    /// The version alone.
    version: u32,
    /// When the log took it.
    #[schema(value_type = schema::Moment)]
    recorded_at: Timestamp,
    /// The domain's event; its schema is called after `type`.
    #[schema(value_type = Object)]
    payload: Box<RawValue>,
    /// Who sent the command, and what it followed from.
    #[schema(value_type = Object)]
    metadata: Box<RawValue>,
    /// The personal part, as ciphertext.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<SealedPartResource>)]
    sealed: Option<StoredPart>,
    /// The salt of the commitment, in hex.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    salt: String,
    /// The salted hash of the event, in hex.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    commitment: String,
}

/// One aggregate's stream.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Stream)]
pub(crate) struct StreamResource {
    /// The aggregate's type.
    #[schema(example = "attendance")]
    aggregate_type: String,
    /// The aggregate's id.
    aggregate_id: String,
}

/// A personal part as ciphertext (AES-256-GCM).
#[expect(dead_code, reason = "it only describes what the read models write")]
#[derive(ToSchema)]
#[schema(as = SealedPart)]
pub(crate) struct SealedPartResource {
    /// Whose key opens it.
    subject: String,
    /// Which key, in hex.
    key_id: String,
    /// The nonce, in hex.
    nonce: String,
    /// The ciphertext, in base64.
    ciphertext: String,
}

impl TryFrom<RecordedEvent> for EventResource {
    type Error = UnreadableEvent;

    fn try_from(event: RecordedEvent) -> Result<Self, UnreadableEvent> {
        let raw =
            |text: &str| serde_json::from_str::<Box<RawValue>>(text).map_err(|error| event.unreadable(error));
        Ok(Self {
            position: event.position.get(),
            session_id: event.session_id,
            session_index: event.session_index.get(),
            sequence: event.sequence.get(),
            version: event.event_version,
            recorded_at: event.recorded_at,
            payload: raw(&event.payload)?,
            metadata: raw(&event.metadata)?,
            salt: hex::encode(event.salt.0),
            commitment: hex::encode(event.commitment.0),
            stream: StreamResource {
                aggregate_type: event.stream.aggregate_type,
                aggregate_id: event.stream.aggregate_id,
            },
            sealed: event.sealed.map(StoredPart),
            event_type: event.event_type,
        })
    }
}

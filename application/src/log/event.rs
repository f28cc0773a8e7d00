//! Events as the log holds them.

use acta_domain::{AnyEvent, SessionId, TenantId, Timestamp};
use acta_proof::commitment::{Commitment, Salt};
use acta_proof::sealed::SealedPart;

use super::{Position, Sequence, SessionIndex, TraceParent};

/// One aggregate's stream of events.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StreamId {
    /// The aggregate's type: `session`, `floor`, `user` …
    pub aggregate_type: String,
    /// The aggregate's id, as text.
    pub aggregate_id: String,
}

impl StreamId {
    /// The stream that the aggregate type `aggregate_type` keeps for `session`.
    pub fn of_session(aggregate_type: &str, session: SessionId) -> Self {
        Self { aggregate_type: aggregate_type.to_owned(), aggregate_id: session.to_string() }
    }
}

impl std::fmt::Display for StreamId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.aggregate_type, self.aggregate_id)
    }
}

/// One immutable row of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedEvent {
    /// Place in the whole log.
    pub position: Position,
    /// Whose event it is.
    pub tenant_id: TenantId,
    /// The session that it belongs to.
    pub session_id: SessionId,
    /// Place in that session.
    pub session_index: SessionIndex,
    /// The aggregate's stream.
    pub stream: StreamId,
    /// Place in that stream.
    pub sequence: Sequence,
    /// Name with version, `session.created.v1`.
    pub event_type: String,
    /// The version alone.
    pub event_version: u32,
    /// Canonical JSON (RFC 8785) of the domain's event.
    pub payload: String,
    /// Canonical JSON of the [`super::Metadata`].
    pub metadata: String,
    /// The personal part, as ciphertext.
    pub sealed: Option<SealedPart>,
    /// When the log took it; never before the event in front of it.
    pub recorded_at: Timestamp,
    /// The salt of the commitment.
    pub salt: Salt,
    /// The salted hash of all of the above but the position and the salt.
    pub commitment: Commitment,
}

/// A stored event that this version of the service cannot read.
#[derive(Debug, thiserror::Error)]
#[error("the event at position {position} ({event_type}) cannot be read")]
pub struct UnreadableEvent {
    /// Where it stands.
    pub position: Position,
    /// What it says it is.
    pub event_type: String,
    /// Why it cannot be read.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

impl RecordedEvent {
    /// About the memory that it takes, in bytes: its texts and its personal part.
    pub fn size(&self) -> usize {
        let sealed = self.sealed.as_ref().map_or(0, |part| part.ciphertext.len());
        self.payload.len() + self.metadata.len() + sealed
    }

    /// The event as the domain knows it today, whatever version it was written in.
    ///
    /// # Errors
    /// When the type is unknown to this version or the payload does not have its form.
    pub fn decode(&self) -> Result<AnyEvent, UnreadableEvent> {
        let (event_type, payload) = super::upcast::published().lift(self)?;
        AnyEvent::from_parts(&event_type, &payload).map_err(|error| self.unreadable(error))
    }

    /// The event as one aggregate's own.
    ///
    /// # Errors
    /// When it is none of that aggregate's.
    pub fn decode_as<E: serde::de::DeserializeOwned>(&self) -> Result<E, UnreadableEvent> {
        let (_, payload) = super::upcast::published().lift(self)?;
        serde_json::from_value(payload).map_err(|error| self.unreadable(error))
    }

    /// The span of the request that it follows from, if that is known.
    pub fn traceparent(&self) -> Option<TraceParent> {
        #[derive(serde::Deserialize)]
        struct Traced<'a> {
            #[serde(borrow)]
            traceparent: Option<&'a str>,
        }
        // Nothing in it is ever escaped.
        let traced: Traced<'_> = serde_json::from_str(&self.metadata).ok()?;
        TraceParent::parse(traced.traceparent?)
    }

    /// An error about this event.
    pub fn unreadable(&self, source: impl std::error::Error + Send + Sync + 'static) -> UnreadableEvent {
        UnreadableEvent {
            position: self.position,
            event_type: self.event_type.clone(),
            source: Box::new(source),
        }
    }
}

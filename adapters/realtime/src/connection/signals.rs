//! What a connection says about itself, and not about an event.

use acta_application::log::Position;
use acta_domain::{SessionId, Timestamp};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::frame::Frame;
use crate::refusal::Refusal;

/// What the person of a connection is in the room just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RoomRole {
    /// Gives and takes the floor.
    Moderator,
    /// Has the floor.
    Speaker,
    /// May ask for the floor.
    Participant,
    /// Watches.
    Observer,
}

/// The first message: who is connected, and where messages go on from.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Connected {
    /// The position that the client named as the last one that it saw; 0 if it named none.
    #[schemars(with = "u64")]
    pub(super) position: Position,
    /// The position of the session's last event that the room knows.
    #[schemars(with = "u64")]
    pub(super) head: Position,
    /// The session.
    pub(super) session_id: SessionId,
    /// The connection, for a report of a fault.
    pub(super) connection_id: Uuid,
    /// What the person is in the room just now.
    pub(super) role: RoomRole,
    /// When the token ends: renew it before.
    pub(super) expires_at: Timestamp,
    /// Messages tell of every event of the session with a position above this one; what came before is in a snapshot, if none was named.
    #[schemars(with = "u64")]
    pub(super) after: Position,
}

/// The token ends soon: send `renew_token`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct TokenExpiring {
    /// The position of the last message.
    #[schemars(with = "u64")]
    pub(super) position: Position,
    /// When the token ends.
    pub(super) expires_at: Timestamp,
    /// How long that is from now.
    pub(super) seconds_left: u64,
}

/// The last message before the service ends a connection.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ClosingMessage<'a> {
    /// The position of the last message; 0 before the handshake.
    #[schemars(with = "u64")]
    pub(super) position: Position,
    /// Why, as a problem document (RFC 9457).
    #[schemars(schema_with = "problem_document")]
    pub(super) problem: &'a RawValue,
}

/// A message was refused, and its sender did not ask for its outcome.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ProblemMessage<'a> {
    /// The position of the last message.
    #[schemars(with = "u64")]
    pub(super) position: Position,
    /// Which message: the name of the event, as it was sent.
    pub(super) event: &'a str,
    /// Why, as a problem document (RFC 9457).
    #[schemars(schema_with = "problem_document")]
    pub(super) problem: &'a RawValue,
}

fn problem_document(_: &mut SchemaGenerator) -> Schema {
    schemars::json_schema!({
        "type": "object",
        "description": "A problem document (RFC 9457).",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": { "type": "string", "pattern": "^urn:acta:problem:[a-z-]+$", "description": "What kind of problem it is; never changes." },
            "title": { "type": "string", "description": "The kind in words." },
            "status": { "type": "integer", "description": "The HTTP status that goes with it." },
            "detail": { "type": "string", "description": "What is wrong this time." },
            "field": { "type": "string", "description": "The member at fault, as a JSON pointer (RFC 6901)." },
            "retry_after_seconds": { "type": "integer", "minimum": 0, "description": "When it may be tried again." }
        }
    })
}

/// A message that tells of no event.
pub(super) fn signal<D: Serialize>(position: Position, name: &'static str, data: &D) -> Frame {
    Frame::new(position, name, None, data).expect("what a connection says about itself is plain data")
}

/// The message that `event` was refused.
pub(crate) fn problem(position: Position, event: &str, refusal: &Refusal) -> Frame {
    signal(position, "problem", &ProblemMessage { position, event, problem: refusal.document() })
}

/// The last message of a connection, whose last one before was at `position`.
pub(super) fn closing(position: Position, refusal: &Refusal) -> Frame {
    signal(position, "closing", &ClosingMessage { position, problem: refusal.document() })
}

/// The only message to somebody who was not let in.
pub(crate) fn before_handshake(refusal: &Refusal) -> Frame {
    closing(Position::new(0), refusal)
}

/// The names and the schemas of these messages.
pub(crate) fn schemas(generator: &mut SchemaGenerator) -> Vec<(&'static str, Schema)> {
    vec![
        ("connected", generator.subschema_for::<Connected>()),
        ("token_expiring", generator.subschema_for::<TokenExpiring>()),
        ("closing", generator.subschema_for::<ClosingMessage<'_>>()),
        ("problem", generator.subschema_for::<ProblemMessage<'_>>()),
    ]
}

//! What a connection is told that was too slow.

use acta_application::log::Position;
use schemars::JsonSchema;
use serde::Serialize;

use crate::frame::Frame;

pub(super) const NAME: &str = "lagged";

/// The connection takes messages more slowly than they are made. It gets what it lacks from the log now, each message once and in
/// order.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Lagged {
    /// The last event that it was told of.
    position: u64,
    /// The last event that there is.
    head: u64,
}

/// The message to a connection that was told of everything up to `position`, when there is everything up to `head`.
pub(crate) fn lagged(position: Position, head: Position) -> Result<Frame, serde_json::Error> {
    let data = Lagged { position: position.get(), head: head.get() };
    Frame::new(position, NAME, None, &data)
}

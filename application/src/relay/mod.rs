//! The relay: publishes the log to topics of a broker, every event once and in order.
//!
//! It is a reader of the log like any other, and an append never waits for it. Where it stands it finds out from what the topics
//! hold: a broker that comes back without its newest records is given them again. See `docs/adr/0012-the-relay.md`.

mod layout;
mod port;
mod record;

pub use layout::{Layout, TopicName, TopicNames};
pub use port::{Acknowledged, Bounds, Found, Lane, Offset, Publication, Topics, TopicsError};
pub use record::{PreviousCommitment, RecordId, TopicRecord};

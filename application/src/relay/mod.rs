//! The relay: publishes the log to topics of a broker, every event once and in order.
//!
//! It is a reader of the log like any other, and an append never waits for it. Where it stands it finds out from what the topics
//! hold: a broker that comes back without its newest records is given them again. See `docs/adr/0012-the-relay.md`.

mod checkpoint;
#[cfg(feature = "contract")]
pub mod contract;
mod fault;
mod find;
mod found;
mod health;
mod layout;
mod measures;
#[cfg(feature = "contract")]
pub mod memory;
mod partition;
mod pipeline;
mod place;
mod port;
mod previous;
mod progress;
mod record;
pub mod replay;
mod run;
mod supply;

pub use health::{RelayHealth, RelayState};
pub use layout::{Layout, TopicName, TopicNames};
pub use partition::partition_of;
pub use port::{Acknowledged, Bounds, Found, Lane, Offset, Publication, Topics, TopicsError};
pub use record::{PreviousCommitment, RecordId, TopicRecord};
pub use run::{RELAY_LEASE, Relay};

//! The floor: who asked for it, who has it, who is muted.

mod aggregate;
mod command;
mod error;
mod event;
mod queue;
#[cfg(test)]
mod tests;

pub use aggregate::{Floor, Turn};
pub use command::{FloorCommand, WithdrawnBy};
pub use error::FloorError;
pub use event::FloorEvent;
pub use queue::{PendingRequest, QueuePolicy, queue_order};

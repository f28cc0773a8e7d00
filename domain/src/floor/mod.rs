//! The floor: who asked for it, who has it and for how long, who is muted, and the rules that the chair set.

mod accounts;
mod aggregate;
mod command;
mod decide;
mod error;
mod event;
mod queue;
mod rules;
#[cfg(test)]
mod tests;
mod turn_clock;

pub use accounts::TimeAccount;
pub use aggregate::{Floor, Turn};
pub use command::{FloorCommand, WithdrawnBy};
pub use error::FloorError;
pub use event::FloorEvent;
pub use queue::{PendingRequest, QueuePolicy};
pub use rules::{FloorRules, OverriddenRule};
pub use turn_clock::TurnClock;

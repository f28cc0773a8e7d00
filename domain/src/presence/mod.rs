//! The record of presence: what signals there were that somebody is there, and what follows from them.
//!
//! A signal is what one source saw of one person at one moment. The record keeps them all; when somebody was there is a pure, versioned
//! function of them, so that an auditor who has the events comes to the same intervals.

mod aggregate;
mod command;
mod door;
mod error;
mod event;
mod intervals;
mod lanes;
mod rule;
mod stretches;
#[cfg(test)]
mod tests;

pub use aggregate::PresenceRecord;
pub use command::PresenceCommand;
pub use error::PresenceError;
pub use event::{MOST_SIGNALS, PresenceEvent, Signal};
pub use intervals::{PresenceInterval, PresenceReport, intervals};
pub use rule::{Contradiction, ContradictionKind, PresenceRule};

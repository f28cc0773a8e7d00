//! The topics that the relay fills, on a real broker.

#![expect(clippy::unwrap_used, reason = "what a test needs and does not get fails it")]

mod contract;
mod loss;
mod records;
mod refusals;
mod stage;

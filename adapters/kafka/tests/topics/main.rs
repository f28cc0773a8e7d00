//! The topics that the relay fills, on a real broker.

mod contract;
mod loss;
mod records;
mod refusals;
mod stage;

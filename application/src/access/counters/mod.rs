//! Counters: what was used once, and how much somebody does.
//!
//! One instance keeps them in its own memory, as here. Several share them, outside; an adapter proves that it counts right by passing
//! [`contract`], as the ones here do.

#[cfg(feature = "contract")]
pub mod contract;
pub mod gcra;
mod memory;

pub use memory::{MemoryRateLimits, MemoryReplayCache};

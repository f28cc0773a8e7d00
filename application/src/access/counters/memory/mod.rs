//! Counters of one instance, in its own memory.

mod limits;
mod replay;

pub use limits::MemoryRateLimits;
pub use replay::MemoryReplayCache;

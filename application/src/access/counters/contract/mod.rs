//! What all shared counters must do, as tests that any adapter runs.
//!
//! Implement [`ReplayHarness`] or [`LimitsHarness`], then `acta_application::replay_contract!(YourHarness);` or
//! `acta_application::limits_contract!(YourHarness);` in a test file.

mod limits;
mod replay;

pub use limits::*;
pub use replay::*;

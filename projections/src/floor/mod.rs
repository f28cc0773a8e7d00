//! The floor: one row per session; who waits, who speaks, who is muted.

mod fold;
mod query;
mod view;

pub use fold::{Floor, ROW};
pub use query::floor;
pub use view::{Counters, FloorView, KEPT_PAST, Outcome, Past, QueuedRequest, Turn};

#[cfg(test)]
mod tests;

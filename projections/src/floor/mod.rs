//! The floor: one row per session; who waits, who speaks and for how long, who is muted, by which rules.

mod chair;
mod fold;
mod query;
mod queue;
mod view;

pub use fold::{Floor, ROW};
pub use query::floor;
pub use view::{Account, Counters, FloorView, KEPT_PAST, Outcome, Override, Past, QueuedRequest, Turn};

#[cfg(test)]
mod tests;

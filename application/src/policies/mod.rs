//! Policies: what the service does by itself because of what happened.
//!
//! A policy is a reader of the log with a cursor of its own, kept like a view's checkpoint. What it decides to do it does through
//! the same use cases as everybody, under a command id made from its cause, so that doing it twice is doing it once.

mod deadlines;
mod governance;
mod heads;
mod presence;
mod reader;

pub use deadlines::{DeadlinePolicy, SealAfter};
pub use governance::{GovernancePolicy, NoticePace};
pub use heads::HeadPolicy;
pub use presence::PresencePolicy;
pub use reader::CURSORS;

//! Attendance: one row per person per session.

mod fold;
mod query;
mod quorum;
mod view;

pub use fold::Attendance;
pub use query::{AttendanceQuery, attendee, attendees, quorum_at};
pub use quorum::{Quorum, QuorumWeight, presence_at};
pub use view::{AttendanceStatus, AttendeeView, KEPT_REFUSALS, Presence, Refusal};

#[cfg(test)]
mod tests;

//! Attendance: who is in the room, and on what evidence.

mod aggregate;
mod code;
mod command;
mod error;
mod event;
mod roll;
#[cfg(test)]
mod tests;

pub use aggregate::Attendance;
pub use code::{IssuedCode, MOST_WRONG_TRIES};
pub use command::{AttendanceCommand, Eligibility, Entrance};
pub use error::AttendanceError;
pub use event::{AttendanceEvent, EligiblePerson};
pub use roll::MOST_IN_PART;

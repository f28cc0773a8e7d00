//! Attendance: who is in the room, and on what evidence.

mod aggregate;
mod command;
mod error;
mod event;
#[cfg(test)]
mod tests;

pub use aggregate::Attendance;
pub use command::AttendanceCommand;
pub use error::AttendanceError;
pub use event::AttendanceEvent;

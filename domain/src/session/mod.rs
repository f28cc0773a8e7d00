//! The session: its life cycle, and the marks of the assembly that it serves.

mod aggregate;
mod command;
mod error;
mod event;
#[cfg(test)]
mod tests;

pub use aggregate::{Session, SessionDetails};
pub use command::SessionCommand;
pub use error::SessionError;
pub use event::SessionEvent;

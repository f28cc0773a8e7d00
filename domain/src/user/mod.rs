//! Users: who can sign in, and what they may do.

mod aggregate;
mod command;
mod error;
mod event;
#[cfg(test)]
mod tests;

pub use aggregate::User;
pub use command::UserCommand;
pub use error::UserError;
pub use event::UserEvent;

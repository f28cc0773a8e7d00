//! Sign-ins: how often each was renewed, and when it is over.

mod aggregate;
mod command;
mod error;
mod event;
#[cfg(test)]
mod tests;

pub use aggregate::SignIn;
pub use command::SignInCommand;
pub use error::SignInError;
pub use event::SignInEvent;

//! Clients: services that get tokens of their own.

mod aggregate;
mod command;
mod error;
mod event;
#[cfg(test)]
mod tests;

pub use aggregate::Client;
pub use command::ClientCommand;
pub use error::ClientError;
pub use event::ClientEvent;

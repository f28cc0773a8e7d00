//! Roles that a tenant defines, beside those that every tenant has.

mod aggregate;
mod command;
mod error;
mod event;
#[cfg(test)]
mod tests;

pub use aggregate::DefinedRole;
pub use command::RoleCommand;
pub use error::RoleError;
pub use event::RoleEvent;

//! Who may do what, and the record of who looked and who was refused.

mod aggregate;
mod command;
mod event;
mod permission;
mod role;
#[cfg(test)]
mod tests;

pub use aggregate::AccessRecord;
pub use command::AccessCommand;
pub use event::AccessEvent;
pub use permission::Permission;
pub use role::Role;

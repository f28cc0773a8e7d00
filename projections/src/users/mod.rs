//! Users: one row each, with what was granted to them, by whom and when.

mod fold;
mod query;
mod view;

pub use fold::Users;
pub use query::{UsersQuery, user, users};
pub use view::{Effect, PermissionChange, RoleGrant, UserStatus, UserView};

#[cfg(test)]
mod tests;

//! Roles that a tenant defined: one row each.

mod fold;
mod query;
mod view;

pub use fold::Roles;
pub use query::{RolesQuery, role, roles};
pub use view::{RoleStatus, RoleView};

#[cfg(test)]
mod tests;

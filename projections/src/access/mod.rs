//! Who did what to whom: one row per event of a tenant's register.

mod fold;
mod query;
mod view;

pub use fold::Access;
pub use query::{AccessQuery, access};
pub use view::AccessView;

#[cfg(test)]
mod tests;

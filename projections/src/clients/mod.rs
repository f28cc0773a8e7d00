//! Clients: one row each.

mod fold;
mod query;
mod view;

pub use fold::Clients;
pub use query::{ClientsQuery, client, clients};
pub use view::{ClientStatus, ClientView, SecretView};

#[cfg(test)]
mod tests;

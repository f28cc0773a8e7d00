//! [`PostgresCredentials`](acta_postgres::PostgresCredentials) passes the contract of a store of credentials, and shows nobody what is
//! another tenant's.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

#[path = "../store/mod.rs"]
mod store;

mod contract;
mod tenants;

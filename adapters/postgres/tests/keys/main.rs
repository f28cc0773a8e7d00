//! [`PostgresKeys`](acta_postgres::PostgresKeys) passes the contract of a store of person keys, and what goes beyond it: several
//! instances, tenants, and what is left in the files.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

#[path = "../store/mod.rs"]
mod store;

mod contract;
mod given;
mod instances;
mod rewrap;
mod scrub;
mod tenants;

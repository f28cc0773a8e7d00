//! [`PostgresViews`](acta_postgres::PostgresViews) passes the contract of a store of views, and what goes beyond it: tenants, several
//! instances, plans, and a network that breaks.

mod contract;
mod faults;
mod given;
mod instances;
mod plans;
mod refused;
#[path = "../store/mod.rs"]
mod store;
mod sweeping;
mod tenants;

//! What the log on PostgreSQL does beyond the contract: several instances, tenants, faults.

#[path = "../store/mod.rs"]
mod store;

mod given;
mod immutable;
mod instances;
mod lost_answers;
mod other_software;
mod plans;
mod restored;
mod tenants;

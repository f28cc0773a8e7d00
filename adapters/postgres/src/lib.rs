//! The log, the views, the person keys, the credentials, the leases and who is connected on PostgreSQL 14 or newer: for many tenants
//! and many instances of the service.
//!
//! # Whose rights are used
//! | role | what it may | who uses it |
//! |---|---|---|
//! | the owner | migrate | `acta migrate` |
//! | `acta_serve` | read what is one tenant's, insert events, never change or remove one | use cases and the API |
//! | `acta_project` | read every tenant's events, write views, tell who is connected | projections, policies, relays, presence |
//!
//! Row level security is forced on every table, so a statement that lost its tenant sees nothing: see `database/ask.rs`.
//!
//! # What is durable when
//! A batch of appends is one call of the function `append_events`, which is one transaction: when it answers, its WAL is on disk
//! (`synchronous_commit` is not touched, and must not be `off`). It holds the row of `log_head` until then, so positions have no gap
//! and follow the order of commits, whoever appends.
//!
//! # How to add a migration
//! Put the next number into `migrations/postgres/`, name it in `database/migrations.rs`, and never touch an older one: its checksum
//! is in every database that it ran on.

mod columns;
mod credentials;
mod database;
mod keys;
mod leases;
mod log;
mod presence;
mod rights;
mod secrets;
mod views;

pub use credentials::PostgresCredentials;
pub use database::{
    Database, DatabaseOptions, MigrateError, Migrated, OpenError, PoolFigures, migrate, migrations,
};
pub use keys::{
    PostgresKeys, RewrapError, Rewrapped, ScrubError, count_keys, keys_to_scrub, rewrap_keys, rewrite_keys,
    scrub_keys,
};
pub use leases::PostgresLeases;
pub use log::PostgresLog;
pub use presence::PostgresPresence;
pub use rights::{Reason, Rights, RightsError};
pub use secrets::{SecretsError, ServiceSecrets};
pub use sqlx::postgres::{PgConnectOptions as Login, PgSslMode as SslMode};
pub use views::PostgresViews;

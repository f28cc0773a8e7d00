//! The log, the views, the person keys and the credentials on `SQLite`: everything that one process needs to keep a record, in one
//! folder.
//!
//! # What is durable when
//! All three files are in WAL mode. A commit appends its pages to `<file>-wal`; a checkpoint later copies them into the file itself.
//!
//! | file | `synchronous` | when a commit returns | what a power cut can take |
//! |---|---|---|---|
//! | `log.sqlite` | `FULL` | its pages are in the WAL, and the WAL was fsynced | nothing that was acknowledged |
//! | `keys.sqlite` | `FULL` | the same | nothing that was acknowledged |
//! | `views.sqlite` | `NORMAL` | its pages are handed to the operating system | the last commits, which are folded again from the log |
//!
//! So an append costs one fsync, and all appends that wait together share it. A checkpoint fsyncs the WAL, writes the pages into
//! the file and fsyncs that before the WAL is used anew; it runs inside the commit that crosses 1,000 pages of WAL, and at
//! [`SqliteLog::close`]. The folder itself is fsynced once, after the files were made.
//!
//! # Who may write
//! One process: [`DataFolder::lock`] holds an advisory lock on `acta.lock`, and nothing here opens without it but
//! [`SqliteLogReader`], which only reads.
//!
//! # How to add a migration
//! Put the next number into `migrations/sqlite/<file>/`, name it in `database/migrations.rs`, and never touch an older one: its
//! checksum is in every database that it ran on.

mod columns;
mod credentials;
mod database;
mod folder;
mod keys;
mod log;
mod views;

pub use credentials::SqliteCredentials;
pub use folder::{DataFolder, OpenError};
pub use keys::{RewrapError, Rewrapped, SqliteKeys, count_keys, rewrap_keys};
pub use log::{SqliteLog, SqliteLogReader};
pub use views::SqliteViews;

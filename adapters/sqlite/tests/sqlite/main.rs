//! What is special about `SQLite`: files, locks, triggers, and what is left in the bytes.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod crash;
mod damage;
mod erasure;
mod folder;
mod heads;
mod immutable;
mod reader;
mod rewrap;
mod store;

//! The API as clients see it: the real router over the real use cases and `SQLite` stores in a temporary folder.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod access;
mod attendance;
mod bad_input;
mod evidence;
mod feed;
mod floor;
mod health;
mod idempotency;
mod openapi;
mod persons;
mod service;
mod serving;
mod sessions;
mod transcript;

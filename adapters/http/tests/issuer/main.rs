//! The built-in issuer as clients see it: the real router over the real use cases, `SQLite` stores in a temporary folder, and real
//! tokens, proofs and password hashes.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod clients;
mod published;
mod record;
mod revocations;
mod rights;
mod roles;
mod service;
mod sign_in;
mod somebody;
mod users;

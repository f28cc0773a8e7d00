//! The proof file from outside: what is built verifies, and nothing else does.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

#[path = "../session/mod.rs"]
mod session;

mod altered;
mod forged;
mod frozen;
mod fuzzed;
mod genuine;
mod inconsistent;
mod large;

//! The proof file from outside: what is built verifies, and nothing else does.

#[path = "../session/mod.rs"]
mod session;

mod altered;
mod frozen;
mod fuzzed;
mod genuine;
mod inconsistent;
mod large;

//! The folder of keys, from outside.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod given;
mod masters;
mod secrets;
mod signing;

//! The counters in a real Redis: the contracts, what is left in it, and what happens when it is not as it should be.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod contract;
mod faults;
mod given;
mod keys;
mod login;
mod tls;

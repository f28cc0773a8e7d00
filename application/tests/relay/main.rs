//! The relay, between a log in memory and a broker in memory that fails in every way it can.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod anything;
mod faults;
mod halts;
mod health;
mod memory;
mod stores;
mod way;
mod world;

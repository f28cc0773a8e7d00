//! The runner, the rebuild and the queries on a real log and real views.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

mod queries;
mod rebuild;
mod rebuild_all;
mod registers;
mod room;
mod runner;
mod wait;

//! The clients against real HTTP servers that play the neighbours, with faults.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod alone;
mod asked;
mod evidence;
mod faults;
mod given;
mod governance;
mod kept;
mod mail;
mod measured;
mod messages;
mod secrets;
mod setup;
mod tls;

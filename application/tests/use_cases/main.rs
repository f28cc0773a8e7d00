//! The use cases on a real store: what is acknowledged, what is refused, and what happens when the log fails.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod attendance;
mod doctor;
mod door;
mod evidence;
mod faults;
mod floor;
mod governance;
mod inbound;
mod measures;
mod policies;
mod presence;
mod room;
mod sessions;
mod tenancy;
mod transcript;

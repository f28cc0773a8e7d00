//! The API as clients see it: the real router over the real use cases and `SQLite` stores in a temporary folder.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod access;
mod attendance;
mod attendance_by_code;
mod attendance_by_identity;
mod attendance_eligible;
mod attendance_place;
mod bad_input;
mod chairs_clock;
mod evidence;
mod feed;
mod floor;
mod governance;
mod health;
mod idempotency;
mod live;
mod markers;
mod neighbours;
mod openapi;
mod persons;
mod presence;
mod presence_signals;
mod service;
mod serving;
mod sessions;
mod transcript;

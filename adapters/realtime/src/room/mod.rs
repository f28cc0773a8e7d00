//! Rooms: what a session has come to, folded once for everybody, and the last messages about it.
//!
//! ```text
//!            hub: one tail of the log                keeper: one task a room                    seats: one a connection
//!  log ──► events of sessions with a room ──────►  fold, open, write, publish  ──► ring ──►  pulled, 64 frames at a time
//!     │      (bounded; a room that is full    ▲         (batches, 10 ms)            │ a seat that fell out of the ring
//!     │       heals itself from the log) ─────┘                                     ▼
//!     └───────────────────────────────────────────────────────────────────► catching up: the same events, written again
//! ```
//!
//! Nobody waits for anybody: the hub drops what a room cannot take, the keeper what the ring cannot hold, and whoever lacks
//! something reads the log. They know what they lack, because `session_index` has no gaps. What is written again is equal to what
//! was written first, because a message is a pure function of its event and of the fold of the events before it.

mod budget;
mod fill;
mod history;
mod hub;
mod keeper;
mod notice;
mod opening;
mod ring;
mod rooms;
mod seat;
mod shared;
mod source;
mod state;
mod trouble;
mod writer;

#[cfg(test)]
mod tests;

pub(crate) use notice::Notice;
pub(crate) use rooms::Rooms;
pub(crate) use seat::Seat;
pub(crate) use state::State;
pub(crate) use trouble::SeatError;

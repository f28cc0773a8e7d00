//! The room: who is connected to a session sees every event of it once and in order, and takes part.
//!
//! ```text
//!  Socket.IO  /socket.io/  namespace /moderation ┐                ┌─ gate: who may come in      ─┐
//!  WebSocket  /api/v1/sessions/{id}/live         ┴─► connection ──┤  messages in: what they do   ├──► the HTTP API, in process
//!                                                      ▲          └──────────────────────────────┘
//!                                                      │ frames, pulled from a seat
//!  the log ──► rooms (one tail) ──► room (a fold, a ring of frames) ◄── catching up: the log again
//! ```
//!
//! A room is folded once on each instance that has somebody in it, and a frame is written once for everybody. A connection pulls
//! frames from its seat at its own speed: one that is slow falls out of the ring, is told so, and catches up from the log. Nothing
//! is kept for it meanwhile, and nobody waits for it.
//!
//! What comes in is carried out by the HTTP API itself, in process: a message is a request without its head, and everything that
//! holds for the request (parsing, permission, quota, idempotency key, problem document) holds for the message, because it is the
//! same code. So is the handshake.

mod asyncapi;
mod connection;
mod frame;
mod gate;
mod measures;
mod message;
mod message_in;
mod parts;
mod realtime;
mod refusal;
mod room;
mod socket_io;
mod websocket;

pub use asyncapi::asyncapi;
pub use parts::{RealtimeOptions, RealtimeParts};
pub use realtime::Realtime;

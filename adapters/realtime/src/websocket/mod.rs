//! The plain WebSocket (RFC 6455): `/api/v1/sessions/{id}/live`.
//!
//! ```text
//!  upgrade with `Authorization` ──► Door::open ──► 101 ──┐
//!  upgrade without ──► 101 ──► first message `connect` ──┴──► reading ║ writing ──► farewell, close frame
//! ```
//!
//! One task a socket: both halves run in it, side by side.

mod close;
mod handshake;
mod incoming;
mod line;
mod reading;
mod serving;
mod upgrade;

pub(crate) use upgrade::{WebSockets, live};

use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio_tungstenite::WebSocketStream;

/// A socket, as hyper hands it over.
type Socket = WebSocketStream<TokioIo<Upgraded>>;

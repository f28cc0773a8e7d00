//! A connection: what lasts as long as one does, on either transport.
//!
//! ```text
//!  transport ── credentials ──► Door::open ──► (Connection, Seat)
//!  what comes in ──► Connection::handle ──► Outcome, for the client's acknowledgement
//!  Connection::deliver(seat, outlet): frames, one batch after another, until it ends ──► Closing
//!  Connection::farewell(closing): the last message; then the transport closes
//! ```

mod closing;
mod deadlines;
mod delivery;
mod door;
mod headcount;
mod joined;
mod outlet;
mod register;
mod signals;
mod spending;

pub(crate) use closing::{Closing, Why};
pub(crate) use door::{Door, DoorParts};
pub(crate) use headcount::Headcount;
pub(crate) use joined::Connection;
pub(crate) use outlet::{Gone, Outlet, Transport};
pub(crate) use register::Register;
pub(crate) use signals::{before_handshake, problem, schemas};

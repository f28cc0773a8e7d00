//! Who is there.
//!
//! Who is connected to a session just now, on all instances, is no fact of the record: it comes and goes with the sockets. That
//! somebody came and went is one: what sockets, a provider's room and people see are signals, and intervals of presence are made of
//! them.

mod book;
#[cfg(feature = "contract")]
pub mod contract;
mod instance;
mod memory;
mod port;
mod recorder;
mod signals;
mod sockets;

pub use instance::{Connection, Presence};
pub use memory::MemoryPresence;
pub use port::{Connected, Place, PresenceBoard, PresenceError, PresencePage, Told};
pub use recorder::{SignalKeeping, SignalRecorder, socket_signals};
pub use signals::SignalSeen;
pub use sockets::SocketSignals;

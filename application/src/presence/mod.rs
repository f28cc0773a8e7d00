//! Who is connected to a session just now, on all instances. Not a fact of the record: it comes and goes with the sockets.

mod book;
#[cfg(feature = "contract")]
pub mod contract;
mod instance;
mod memory;
mod port;

pub use instance::{Connection, Presence};
pub use memory::MemoryPresence;
pub use port::{Connected, Place, PresenceBoard, PresenceError, PresencePage, Told};

//! The log: the one append-only table that is the truth, as a port.
//!
//! Positions have no gaps and follow the order of commits; so do the indexes inside a session. An adapter proves that it is a log
//! by passing [`contract`].

mod append;
mod batch;
mod bounds;
#[cfg(feature = "contract")]
pub mod contract;
mod event;
mod heads;
mod measures;
mod metadata;
mod numbers;
mod port;
mod record;
mod tail;
mod trace;
pub mod upcast;

pub use append::{
    Append, AppendAnswer, AppendError, AppendTicket, Appended, ExpectedVersion, Fault, Guard, NewEvent,
};
pub use batch::{Admission, Batch, BatchFailure, NewRow};
pub use bounds::{MAX_EVENT_BYTES, MAX_EVENTS};
pub use event::{RecordedEvent, StreamId, UnreadableEvent};
pub use heads::{LogHeads, Untold};
pub use measures::LogMeasures;
pub use metadata::{Actor, CommandDigest, CommandId, CommandSecret, Metadata};
pub use numbers::{Position, Sequence, SessionIndex};
pub use port::{EventLog, FeedPage, FeedScope, LogError, Snapshot};
pub use record::{Place, RecordError, record};
pub use tail::Tail;
pub use trace::{EXPORTED, TraceParent};

//! What every use case shares: the ports, the context of a command, and the one way of a command into the log.

mod context;
mod error;
mod execute;

use std::num::NonZeroUsize;
use std::sync::Arc;

use acta_domain::access::AccessRecord;
use acta_domain::attendance::Attendance;
use acta_domain::floor::Floor;
use acta_domain::presence::PresenceRecord;
use acta_domain::session::Session;
use acta_domain::transcript::Transcript;
use tokio_util::task::TaskTracker;

pub use context::CommandContext;
pub use error::UseCaseError;
pub use execute::Accepted;

use crate::attendance::{EvidenceKey, QrTokens};
use crate::clock::{Clock, Randomness};
use crate::log::EventLog;
use crate::neighbours::Neighbours;
use crate::persons::Persons;
use crate::session::Room;
use crate::streams::HotStreams;

/// What the use cases need from outside.
#[derive(Clone)]
pub struct Ports {
    /// The log.
    pub log: Arc<dyn EventLog>,
    /// Sealing and opening.
    pub persons: Persons,
    /// Signed, single-use QR codes.
    pub qr: Arc<dyn QrTokens>,
    /// Remembers evidence.
    pub evidence_key: EvidenceKey,
    /// The services beside this one.
    pub neighbours: Neighbours,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Ids.
    pub randomness: Arc<dyn Randomness>,
}

/// The use cases: one method each, in the folder of its aggregate.
pub struct UseCases {
    pub(crate) ports: Ports,
    pub(crate) sessions: HotStreams<Session>,
    pub(crate) attendances: HotStreams<Attendance>,
    pub(crate) presences: HotStreams<PresenceRecord>,
    pub(crate) floors: HotStreams<Floor>,
    pub(crate) transcripts: HotStreams<Transcript>,
    pub(crate) accesses: HotStreams<AccessRecord>,
    pub(crate) room: Option<Room>,
    keeping: TaskTracker,
}

impl UseCases {
    /// The use cases over `ports`, with at most `streams_in_memory` streams of each aggregate type kept hot.
    pub fn new(ports: Ports, streams_in_memory: NonZeroUsize) -> Self {
        crate::attendance::measures::describe();
        crate::floor::measures::describe();
        crate::session::measures::describe();
        crate::transcript::measures::describe();
        let keeping = TaskTracker::new();
        let log = || Arc::clone(&ports.log);
        Self {
            sessions: HotStreams::new(log(), streams_in_memory, keeping.clone()),
            attendances: HotStreams::new(log(), streams_in_memory, keeping.clone()),
            presences: HotStreams::new(log(), streams_in_memory, keeping.clone()),
            floors: HotStreams::new(log(), streams_in_memory, keeping.clone()),
            transcripts: HotStreams::new(log(), streams_in_memory, keeping.clone()),
            accesses: HotStreams::new(log(), streams_in_memory, keeping.clone()),
            room: None,
            ports,
            keeping,
        }
    }

    /// Waits until the snapshots under way are kept; call it when no command comes in any more.
    pub async fn settle(&self) {
        self.keeping.close();
        self.keeping.wait().await;
    }
}

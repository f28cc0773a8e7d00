//! Value types: parsed once at the edge, valid ever after.

mod bounded;
mod confidence;
mod error;
mod evidence;
mod kinds;
mod language;
mod schedule;
#[cfg(test)]
mod tests;
mod text;
mod timestamp;
mod voting_weight;

pub use bounded::{Capacity, ChunkNumber, ConcurrentTurns, Limits, MediaTime, Priority, TimeLimit};
pub use confidence::Confidence;
pub use error::InvalidValue;
pub use evidence::EvidenceDigest;
pub use kinds::{
    AttendanceMethod, ChunkSource, FinishedBy, Modality, RefusalReason, SessionStatus, SpeechKind,
};
pub use language::{Language, Languages};
pub use schedule::Schedule;
pub(crate) use text::text_value;
pub use timestamp::Timestamp;
pub use voting_weight::VotingWeight;

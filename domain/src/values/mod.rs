//! Value types: parsed once at the edge, valid ever after.

mod bounded;
mod confidence;
mod content;
mod error;
mod evidence;
mod generation;
mod kinds;
mod language;
mod names;
mod schedule;
#[cfg(test)]
mod tests;
mod text;
mod thumbprint;
mod timestamp;
mod voting_weight;

pub use bounded::{
    Capacity, ChunkNumber, ConcurrentTurns, Limits, MediaTime, Priority, TimeBudget, TimeLimit, WarningTime,
};
pub use confidence::Confidence;
pub use content::ContentDigest;
pub use error::InvalidValue;
pub use evidence::EvidenceDigest;
pub use generation::Generation;
pub(crate) use kinds::words;
pub use kinds::{
    AttendanceMethod, AttendanceRule, ChunkSource, EndReason, FinishedBy, GovernanceNotice, Modality,
    RefusalReason, SessionStatus, Sign, SignalSource, SpeechKind,
};
pub use language::{Language, Languages};
pub use names::{GroupName, RoleName, ServiceName};
pub use schedule::Schedule;
pub(crate) use text::text_value;
pub use thumbprint::KeyThumbprint;
pub use timestamp::Timestamp;
pub use voting_weight::VotingWeight;

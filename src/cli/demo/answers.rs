//! The answers of the API, as far as the demo looks at them.

use acta_domain::{PersonId, SessionId, SpeechRequestId};
use serde::Deserialize;

use super::sitting::Kind;

/// A command was recorded.
#[derive(Debug, Deserialize)]
pub(super) struct Recorded {
    /// When, as RFC 3339.
    pub(super) recorded_at: String,
}

/// A session was created.
#[derive(Debug, Deserialize)]
pub(super) struct SessionCreated {
    /// Its id.
    pub(super) session_id: SessionId,
}

/// A QR code was issued.
#[derive(Debug, Deserialize)]
pub(super) struct IssuedQr {
    /// What it says.
    pub(super) token: String,
}

/// A speech request was made.
#[derive(Debug, Deserialize)]
pub(super) struct SpeechRequested {
    /// Its id.
    pub(super) request_id: SpeechRequestId,
}

/// A chunk was added.
#[derive(Debug, Deserialize)]
pub(super) struct ChunkAdded {
    /// Its number.
    pub(super) chunk: u64,
}

/// Who is there and what their votes weigh.
#[derive(Debug, Deserialize)]
pub(super) struct Quorum {
    /// Heads.
    pub(super) present: u64,
    /// Decimal text.
    pub(super) voting_weight: String,
}

/// The floor.
#[derive(Debug, Deserialize)]
pub(super) struct Floor {
    /// Who waits, next first.
    pub(super) queue: Vec<Waiting>,
    /// How many requests there were.
    pub(super) counters: Counters,
}

/// Somebody who waits for the floor.
#[derive(Debug, Deserialize)]
pub(super) struct Waiting {
    /// Who.
    pub(super) user_id: PersonId,
    /// What for.
    pub(super) kind: Kind,
    /// About what.
    pub(super) topic: Option<String>,
}

/// What became of the requests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, serde::Serialize)]
pub(super) struct Counters {
    /// All of them.
    pub(super) requested: u64,
    /// Were given a turn.
    pub(super) approved: u64,
    /// Were denied one.
    pub(super) denied: u64,
    /// Were taken back.
    pub(super) withdrawn: u64,
    /// Had their turn.
    pub(super) finished: u64,
}

/// A page of the transcript.
#[derive(Debug, Deserialize)]
pub(super) struct TranscriptPage {
    /// The chunks, as they came.
    pub(super) chunks: Vec<serde_json::Value>,
    /// Where the next page begins.
    pub(super) next: Option<String>,
}

/// A chunk of the transcript.
#[derive(Debug, Deserialize)]
pub(super) struct Chunk {
    /// Its number.
    #[serde(rename = "chunk")]
    pub(super) number: u64,
    /// Who spoke.
    pub(super) speaker_id: Option<PersonId>,
    /// From when.
    pub(super) start_ms: u64,
    /// The words, if they can be read.
    pub(super) text: Option<String>,
    /// Whether there are words that cannot be read.
    pub(super) sealed: bool,
}

/// Somebody was forgotten.
#[derive(Debug, Deserialize)]
pub(super) struct PersonErased {
    /// When, as RFC 3339.
    pub(super) erased_at: String,
}

//! The row.

use acta_application::log::Position;
use acta_domain::PersonId;
use acta_domain::values::{ChunkNumber, ChunkSource, Confidence, Language, MediaTime, Timestamp};
use serde::{Deserialize, Serialize};

use crate::StoredPart;

/// A chunk of what was said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChunkView {
    /// Its number in the session: 1, 2, 3 …
    pub chunk: ChunkNumber,
    /// Who spoke, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speaker_id: Option<PersonId>,
    /// What was spoken, as first written down.
    pub language: Language,
    /// Where it begins, in milliseconds of the session.
    pub start_ms: MediaTime,
    /// Where it ends, in milliseconds of the session; never before it begins.
    pub end_ms: MediaTime,
    /// How sure the source was, 0 to 1.
    pub confidence: Confidence,
    /// Who wrote it down.
    pub source: ChunkSource,
    /// When it was written down.
    pub at: Timestamp,
    /// The words, as ciphertext.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<StoredPart>,
    /// What was corrected, oldest first; the last one counts.
    pub corrections: Vec<Correction>,
    /// The last event folded in.
    pub position: Position,
}

/// A correction of a chunk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Correction {
    /// The words as corrected, as ciphertext.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<StoredPart>,
    /// The language as corrected; absent where it was right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// When.
    pub at: Timestamp,
}

impl ChunkView {
    /// The words that count: the last correction's, else those first written down.
    pub fn current_text(&self) -> Option<&StoredPart> {
        let corrected = self.corrections.iter().rev().find_map(|correction| correction.text.as_ref());
        corrected.or(self.text.as_ref())
    }

    /// The language that counts: the last correction's that names one, else the one first written down.
    pub fn current_language(&self) -> &Language {
        let corrected = self.corrections.iter().rev().find_map(|correction| correction.language.as_ref());
        corrected.unwrap_or(&self.language)
    }
}

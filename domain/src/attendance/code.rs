//! One-time codes, as far as the rules need to know them.

use serde::{Deserialize, Serialize};

use crate::ids::CodeId;
use crate::values::{AttendanceMethod, EvidenceDigest, Timestamp};

/// How often something wrong may be shown in place of a code before the code is good for nothing.
pub const MOST_WRONG_TRIES: u32 = 5;

/// The newest one-time code of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedCode {
    /// Its own id.
    pub code_id: CodeId,
    /// How it reached them.
    pub method: AttendanceMethod,
    /// Keyed digest of the code.
    pub evidence: EvidenceDigest,
    /// Until when it is good.
    pub expires_at: Timestamp,
    wrong_tries: u32,
}

impl IssuedCode {
    pub(super) const fn new(
        code_id: CodeId,
        method: AttendanceMethod,
        evidence: EvidenceDigest,
        expires_at: Timestamp,
    ) -> Self {
        Self { code_id, method, evidence, expires_at, wrong_tries: 0 }
    }

    /// How often something wrong may still be shown; with 0 the code is void.
    pub const fn tries_left(&self) -> u32 {
        MOST_WRONG_TRIES.saturating_sub(self.wrong_tries)
    }

    /// Whether its time is over.
    pub fn has_expired(&self, at: Timestamp) -> bool {
        self.expires_at <= at
    }

    pub(super) const fn count_wrong_try(&mut self) {
        self.wrong_tries = self.wrong_tries.saturating_add(1);
    }
}

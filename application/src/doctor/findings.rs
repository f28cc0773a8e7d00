//! What was found.

use std::fmt;

/// What is checked of every event, or of every head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Check {
    /// That the log can be read to its end.
    Rows,
    /// That positions have no gap.
    Positions,
    /// That the indexes of each session have no gap.
    SessionIndexes,
    /// That the sequences of each stream have no gap.
    Sequences,
    /// That a commitment is the one over what its row says.
    Commitments,
    /// That a head is signed under a key of the service, over the commitments.
    Heads,
}

impl Check {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Rows, Self::Positions, Self::SessionIndexes, Self::Sequences, Self::Commitments, Self::Heads];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rows => "rows",
            Self::Positions => "positions",
            Self::SessionIndexes => "session indexes",
            Self::Sequences => "sequences",
            Self::Commitments => "commitments",
            Self::Heads => "heads",
        }
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What one check found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// How many events or heads do not pass.
    pub faults: u64,
    /// The first of them, in words; at most [`Self::KEPT`].
    pub kept: Vec<String>,
}

impl Findings {
    /// How many faults are kept in words.
    pub const KEPT: usize = 10;

    pub(super) fn add(&mut self, fault: String) {
        self.faults += 1;
        if self.kept.len() < Self::KEPT {
            self.kept.push(fault);
        }
    }
}

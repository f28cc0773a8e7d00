//! A turn with a time limit, as far as the clock has to do with it.

use acta_domain::floor::TurnClock;
use acta_domain::{FloorRules, TimeLimit, Timestamp};
use serde::{Deserialize, Serialize};

use super::fold::Due;
use crate::log::Position;

/// A turn that has a time limit and is not over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "KeptTurn")]
pub(super) struct RunningTurn {
    clock: TurnClock,
    warned: bool,
    /// The event that set the clock going.
    cause: Position,
}

/// The forms in which a turn was ever kept.
#[derive(Deserialize)]
#[serde(untagged)]
enum KeptTurn {
    Running {
        clock: TurnClock,
        warned: bool,
        cause: Position,
    },
    /// From before a turn could be warned and paused: when its time is up.
    Due(Due),
}

impl From<KeptTurn> for RunningTurn {
    fn from(kept: KeptTurn) -> Self {
        match kept {
            KeptTurn::Running { clock, warned, cause } => Self { clock, warned, cause },
            // The limit was not kept, only where it ends: the longest one that ends there. The rules know better when it is warned.
            KeptTurn::Due(Due { at, cause }) => {
                let longest = u64::from(TimeLimit::MAX.get()) * 1_000_000;
                Self::begun(at.minus_micros(longest), TimeLimit::MAX, cause)
            }
        }
    }
}

impl RunningTurn {
    pub(super) const fn begun(at: Timestamp, limit: TimeLimit, cause: Position) -> Self {
        Self { clock: TurnClock::start(at, Some(limit)), warned: false, cause }
    }

    pub(super) const fn warned(&mut self) {
        self.warned = true;
    }

    pub(super) fn pause(&mut self, at: Timestamp) {
        self.clock.pause(at);
    }

    pub(super) const fn resume(&mut self, at: Timestamp, cause: Position) {
        self.clock.resume(at);
        self.cause = cause;
    }

    /// When it ends; never while it is paused.
    pub(super) fn end(&self) -> Option<Due> {
        self.clock.ends_at().map(|at| Due { at, cause: self.cause })
    }

    /// When it is warned by `rules`; once, and never while it is paused.
    pub(super) fn warning(&self, rules: FloorRules) -> Option<Due> {
        let at = self.clock.warns_at(rules).filter(|_| !self.warned)?;
        Some(Due { at, cause: self.cause })
    }
}

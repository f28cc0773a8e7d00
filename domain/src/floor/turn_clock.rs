//! How long a turn has gone on, and how long it may.

use serde::{Deserialize, Serialize};

use crate::values::{TimeLimit, Timestamp, WarningTime};

use super::FloorRules;

const MICROS: u64 = 1_000_000;

/// The clock of a turn: it runs from the approval and stands while the turn is paused. Every stretch counts for at least
/// nothing, so it never runs backwards, whatever the clocks do that the moments came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TurnClock {
    /// How long the turn may take; without it, as long as it takes.
    pub time_limit: Option<TimeLimit>,
    /// Since when the clock runs; [`None`] while it stands.
    pub running_since: Option<Timestamp>,
    /// How long it ran before that, in microseconds.
    pub ran_micros: u64,
}

impl TurnClock {
    /// The clock of a turn that begins.
    pub const fn start(since: Timestamp, time_limit: Option<TimeLimit>) -> Self {
        Self { time_limit, running_since: Some(since), ran_micros: 0 }
    }

    /// Whether it stands.
    pub const fn is_paused(&self) -> bool {
        self.running_since.is_none()
    }

    /// Stops the clock; nothing happens to one that stands.
    pub fn pause(&mut self, at: Timestamp) {
        self.ran_micros = self.ran_by(at);
        self.running_since = None;
    }

    /// Lets the clock run on; nothing happens to one that runs.
    pub const fn resume(&mut self, at: Timestamp) {
        if self.is_paused() {
            self.running_since = Some(at);
        }
    }

    /// When the time is up; [`None`] without a limit, and while the clock stands.
    pub fn ends_at(&self) -> Option<Timestamp> {
        let limit_micros = u64::from(self.time_limit?.get()) * MICROS;
        Some(self.running_since?.plus_micros(limit_micros.saturating_sub(self.ran_micros)))
    }

    /// When the turn is to be warned by `rules`; [`None`] when it is not, and while the clock stands.
    pub fn warns_at(&self, rules: FloorRules) -> Option<Timestamp> {
        let warning = rules.warning(self.time_limit?)?;
        Some(self.ends_at()?.minus_micros(u64::from(warning.get()) * MICROS))
    }

    /// How many seconds are left at a moment, a part of one counting as one; [`None`] when there are none, or more than
    /// a warning can tell, and while the clock stands.
    pub fn remaining(&self, at: Timestamp) -> Option<WarningTime> {
        WarningTime::new(self.ends_at()?.micros_since(at).div_ceil(MICROS)).ok()
    }

    /// How long the turn has gone on at a moment, without its pauses, in whole milliseconds.
    pub fn spoke_ms(&self, at: Timestamp) -> u64 {
        self.ran_by(at) / 1_000
    }

    fn ran_by(&self, at: Timestamp) -> u64 {
        let running = self.running_since.map_or(0, |since| at.micros_since(since));
        self.ran_micros.saturating_add(running)
    }
}

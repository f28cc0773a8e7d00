//! Who was there at an instant, and what their votes weigh.

use acta_application::log::Position;
use acta_domain::values::{Timestamp, VotingWeight};
use serde::{Serialize, Serializer};

use super::{AttendeeView, Presence};

/// A sum of voting weights, in millionths; written as a decimal such as `12.5`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct QuorumWeight(u128);

impl QuorumWeight {
    /// The sum in millionths.
    pub const fn millionths(self) -> u128 {
        self.0
    }

    /// The sum with another vote.
    #[must_use]
    pub fn plus(self, weight: VotingWeight) -> Self {
        Self(self.0.saturating_add(u128::from(weight.as_millionths())))
    }

    /// Both sums together.
    #[must_use]
    pub fn joined(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl std::fmt::Display for QuorumWeight {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (whole, part) = (self.0 / 1_000_000, self.0 % 1_000_000);
        if part == 0 {
            return write!(f, "{whole}");
        }
        write!(f, "{whole}.{}", format!("{part:06}").trim_end_matches('0'))
    }
}

impl Serialize for QuorumWeight {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// How many were there at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quorum {
    /// When.
    pub at: Timestamp,
    /// How many people.
    pub present: u64,
    /// What the votes of those of them who have one weigh together.
    pub weight: QuorumWeight,
    /// Every event up to here is reflected.
    pub position: Position,
}

/// Whether `presence`, in a session that was over at `over_at`, covers `at`.
fn covers(presence: &Presence, at: Timestamp, over_at: Option<Timestamp>) -> bool {
    presence.from <= at && presence.to.is_none_or(|to| at < to) && over_at.is_none_or(|over| at < over)
}

/// How many of `attendees` were there at `at` and what their votes weigh; after the session was over, nobody is.
pub fn presence_at<'a>(
    attendees: impl IntoIterator<Item = &'a AttendeeView>,
    at: Timestamp,
    over_at: Option<Timestamp>,
) -> (u64, QuorumWeight) {
    let there = attendees
        .into_iter()
        .filter(|attendee| attendee.intervals.iter().any(|presence| covers(presence, at, over_at)));
    there.fold((0, QuorumWeight::default()), |(present, weight), attendee| {
        (present + 1, attendee.weight.map_or(weight, |own| weight.plus(own)))
    })
}

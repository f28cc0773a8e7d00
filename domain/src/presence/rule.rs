//! The words of a report of presence.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::values::{SignalSource, Timestamp, words};

words! {
    /// By which rule signals are read. A rule never changes; a new one is a new word.
    PresenceRule {
        /// The first: see [`intervals`](super::intervals()).
        V1 = "presence-v1",
    }
}

words! {
    /// What does not fit together.
    ContradictionKind {
        /// Two arrivals in one channel without a departure between them, the first and the second. The channel has the person from
        /// the first on: a departure may be missing.
        ArrivedTwice = "arrived_twice",
        /// A departure in a channel that did not have the person: an arrival may be missing. It ends nothing.
        DepartedWithoutArrival = "departed_without_arrival",
        /// The door, or somebody who runs the session, said that the person left, and from then until they came back there another
        /// source went on seeing them, or saw them again. The interval stands: it says which sources saw them.
        SeenAfterLeaving = "seen_after_leaving",
        /// An arrival and a departure in one channel at the same moment: nobody can say which was first. The channel goes on as it
        /// was.
        SameMoment = "same_moment",
    }
}

/// Signals that do not fit together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Contradiction {
    /// Since.
    pub from: Timestamp,
    /// Until, or the same moment; absent while it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Timestamp>,
    /// What does not fit.
    pub kind: ContradictionKind,
    /// The sources that say it; of [`SeenAfterLeaving`](ContradictionKind::SeenAfterLeaving), those that saw the person.
    pub sources: Vec<SignalSource>,
}

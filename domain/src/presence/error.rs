//! Why the record of presence refuses.

use super::MOST_SIGNALS;

/// Why a command to the record of presence was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PresenceError {
    /// Every signal is kept already, or there is none.
    #[error("there is nothing new in these signals")]
    NothingNew,
    /// There are more than one event holds.
    #[error("there are {signals} signals, and at most {MOST_SIGNALS} may come at once")]
    TooMany {
        /// How many there are.
        signals: usize,
    },
}

//! What can be asked of the record of presence.

use crate::values::Timestamp;

use super::Signal;

/// A command to the record of presence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PresenceCommand {
    /// Keep signals; those that are kept already are left out.
    Note {
        /// The signals.
        signals: Vec<Signal>,
        /// The moment of the decision.
        at: Timestamp,
    },
}

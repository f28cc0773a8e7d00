//! How the features are that the service can do without for a while.

use crate::log::Position;

/// How one such feature is: the relay to a broker, a neighbouring service. The record goes on without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeatureHealth {
    /// Its name: `relay`, `inbound`.
    pub name: &'static str,
    /// Whether it does what it is for.
    pub well: bool,
    /// One word for what it is doing.
    pub state: &'static str,
    /// How far it is in the log, where it reads the log.
    pub position: Option<Position>,
    /// How much it has to catch up with: events, or messages.
    pub lag: Option<u64>,
}

/// Tells how a feature is now, without waiting for anything.
pub type FeatureWatch = Box<dyn Fn() -> FeatureHealth + Send + Sync>;

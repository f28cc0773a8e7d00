//! Why a replay ended before everything was done.

use std::time::Duration;

use acta_domain::SessionId;

use crate::log::{Fault, LogError, Position};
use crate::relay::TopicsError;

/// Why a replay ended before everything was done.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The log could not be read.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The broker refuses.
    #[error(transparent)]
    Topics(#[from] TopicsError),
    /// The broker has not answered for too long.
    #[error("the broker has not answered for {} seconds", patience.as_secs())]
    Silent {
        /// How long it was waited for.
        patience: Duration,
        /// What was heard of it last.
        #[source]
        source: Option<Fault>,
    },
    /// An event has no topic in the layout of this version.
    #[error("there is no topic for the event at position {position} ({event_type})")]
    NoTopic {
        /// Where it stands.
        position: Position,
        /// What it is.
        event_type: String,
    },
    /// The log has no event of the session.
    #[error("the log has no session {0}")]
    UnknownSession(SessionId),
    /// More was asked for than there is.
    #[error("the log ends at position {head}, before {to}")]
    BehindTheEnd {
        /// The last position asked for.
        to: Position,
        /// The last position that there is.
        head: Position,
    },
    /// It was stopped.
    #[error("the replay was stopped")]
    Stopped,
}

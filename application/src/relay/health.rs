//! How the relay is.

use std::mem::discriminant;
use std::sync::Arc;

use acta_domain::Timestamp;
use tokio::sync::watch;

use crate::clock::Clock;
use crate::log::Position;

/// How the relay is, for health reports and metrics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelayHealth {
    /// What it is doing.
    pub state: RelayState,
    /// Every event up to here is in its topic, acknowledged by the broker. It goes back when the broker forgot, and comes up again
    /// while that is made good.
    pub position: Position,
    /// Since when it has been in this state; [`None`] before the first.
    pub since: Option<Timestamp>,
}

/// What the relay is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RelayState {
    /// Another instance relays; its checkpoint is looked at from time to time.
    Standby,
    /// Connects to the broker and finds out what the topics hold.
    Connecting,
    /// Publishes whatever the log has.
    Relaying,
    /// Waits for a broker or a database that does not answer, and will try again soon.
    Waiting {
        /// What does not work.
        reason: String,
    },
    /// Needs somebody to look at it; looks itself from time to time whether it can go on.
    Halted {
        /// What is in the way.
        reason: String,
    },
    /// Was told to stop.
    Stopped,
}

impl RelayState {
    /// One word for it.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Standby => "standby",
            Self::Connecting => "connecting",
            Self::Relaying => "relaying",
            Self::Waiting { .. } => "waiting",
            Self::Halted { .. } => "halted",
            Self::Stopped => "stopped",
        }
    }
}

/// What tells how the relay is.
pub(super) struct Teller {
    health: watch::Sender<RelayHealth>,
    clock: Arc<dyn Clock>,
}

impl Teller {
    /// For a relay that is not at work yet in this process.
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        let (state, position) = (RelayState::Standby, Position::default());
        Self { health: watch::Sender::new(RelayHealth { state, position, since: None }), clock }
    }

    /// Follows what is told.
    pub(super) fn follow(&self) -> watch::Receiver<RelayHealth> {
        self.health.subscribe()
    }

    /// Tells the state; another reason is not another state.
    pub(super) fn tell(&self, state: RelayState) {
        self.health.send_if_modified(|health| {
            if health.since.is_none() || discriminant(&health.state) != discriminant(&state) {
                health.since = Some(self.clock.now());
            } else if health.state == state {
                return false;
            }
            health.state = state;
            true
        });
    }

    /// Tells that a connection is being made, unless what is in the way of that was told already.
    pub(super) fn tell_connecting(&self) {
        if !matches!(self.state(), RelayState::Waiting { .. } | RelayState::Halted { .. }) {
            self.tell(RelayState::Connecting);
        }
    }

    /// Tells up to where all is acknowledged.
    pub(super) fn tell_position(&self, position: Position) {
        self.health.send_if_modified(|health| std::mem::replace(&mut health.position, position) != position);
    }

    /// Tells where the checkpoint is, unless this instance relays by now: then it knows better.
    pub(super) fn tell_standby(&self, checkpoint: Position) {
        self.health.send_if_modified(|health| {
            health.state == RelayState::Standby
                && std::mem::replace(&mut health.position, checkpoint) != checkpoint
        });
    }

    /// The state that was told last.
    pub(super) fn state(&self) -> RelayState {
        self.health.borrow().state.clone()
    }
}

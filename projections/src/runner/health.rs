//! How a projection is.

use acta_application::log::Position;
use acta_application::views::ViewName;
use tokio::sync::watch;

/// Tells how each projection is; clones tell the same.
#[derive(Debug, Clone, Default)]
pub struct HealthWatch(Vec<watch::Receiver<ProjectionHealth>>);

impl HealthWatch {
    /// How each of them is now.
    pub fn now(&self) -> Vec<ProjectionHealth> {
        self.0.iter().map(|health| health.borrow().clone()).collect()
    }

    /// Follows how the projection `view` is.
    pub fn follow(&self, view: &ViewName) -> Option<watch::Receiver<ProjectionHealth>> {
        self.0.iter().find(|health| health.borrow().name == *view).cloned()
    }

    pub(super) fn add(&mut self, health: watch::Receiver<ProjectionHealth>) {
        self.0.push(health);
    }
}

/// What tells how one projection is.
#[derive(Debug)]
pub(super) struct Teller(watch::Sender<ProjectionHealth>);

impl Teller {
    /// For the projection of the view `name`, which nobody folds yet in this process.
    pub(super) fn new(name: ViewName) -> Self {
        let (checkpoint, state) = (Position::default(), ProjectionState::Standby);
        Self(watch::Sender::new(ProjectionHealth { name, checkpoint, state }))
    }

    /// Follows what is told.
    pub(super) fn follow(&self) -> watch::Receiver<ProjectionHealth> {
        self.0.subscribe()
    }

    /// Tells the state, and the checkpoint if it is known.
    pub(super) fn tell(&self, checkpoint: Option<Position>, state: ProjectionState) {
        self.0.send_if_modified(|health| {
            let checkpoint = checkpoint.unwrap_or(health.checkpoint);
            let changed = health.checkpoint != checkpoint || health.state != state;
            health.checkpoint = checkpoint;
            health.state = state;
            changed
        });
    }

    /// Tells where the view is, unless it is folded here by now: then that knows better.
    pub(super) fn tell_standby(&self, checkpoint: Position) {
        self.0.send_if_modified(|health| {
            let changed = health.state == ProjectionState::Standby && health.checkpoint != checkpoint;
            if changed {
                health.checkpoint = checkpoint;
            }
            changed
        });
    }

    /// The state that was told last.
    pub(super) fn state(&self) -> ProjectionState {
        self.0.borrow().state.clone()
    }
}

/// How a projection is, for health reports and metrics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectionHealth {
    /// Its view.
    pub name: ViewName,
    /// The last event that is folded in.
    pub checkpoint: Position,
    /// What it is doing.
    pub state: ProjectionState,
}

/// What a projection is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProjectionState {
    /// Another instance folds this view; its checkpoint is looked at from time to time.
    Standby,
    /// Reads its checkpoint.
    Starting,
    /// Keeps up with the log.
    Running,
    /// Has so many events to catch up with.
    Behind {
        /// How many, at the last look.
        events: u64,
    },
    /// Waits for a database that does not answer, and will try again.
    Waiting {
        /// What does not work.
        reason: String,
    },
    /// Stopped at an event that it cannot take; needs somebody to look at it.
    Poisoned {
        /// Where that event is.
        position: Position,
        /// Why it cannot be taken.
        reason: String,
    },
    /// Was told to stop.
    Stopped,
}

impl ProjectionState {
    /// One word for it.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Standby => "standby",
            Self::Starting => "starting",
            Self::Running => "running",
            Self::Behind { .. } => "behind",
            Self::Waiting { .. } => "waiting",
            Self::Poisoned { .. } => "poisoned",
            Self::Stopped => "stopped",
        }
    }
}

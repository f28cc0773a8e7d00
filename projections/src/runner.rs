//! The runner: one task per projection, fed from the log, checkpoint and rows in one transaction.
//!
//! Of several instances on one database, one folds a view at a time: the holder of the lease `projection.<view>`. The others stand
//! by, and one of them goes on within seconds when the holder stops or dies. That spares work and guards nothing: the checkpoint
//! moves by compare-and-swap, so two that fold one view at the same time count nothing twice.
//!
//! | what happens | what the task does |
//! |---|---|
//! | the log has new events | folds up to [`Pace::batch`] of them and commits |
//! | the checkpoint moved | another instance was faster: goes on from there |
//! | a database does not answer | waits, twice as long each time up to [`Pace::longest_pause`], and tries again |
//! | an event cannot be read or folded | stops this projection, says so loudly and in its health; the others go on |
//!
//! A projection that stopped keeps its lease: another instance would not get further, and they would hand it round.

mod health;
mod post;
mod task;

use std::sync::Arc;
use std::time::Duration;

use acta_application::leases::Tenures;
use acta_application::log::EventLog;
use acta_application::views::Views;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use self::health::{HealthWatch, ProjectionHealth, ProjectionState};
use self::post::Post;
use crate::access::Access;
use crate::assemblies::Assemblies;
use crate::attendance::Attendance;
use crate::clients::Clients;
use crate::floor::Floor;
use crate::roles::Roles;
use crate::sessions::Sessions;
use crate::transcript::Transcript;
use crate::users::Users;
use crate::{Projection, ProjectionKind};

/// How the tasks work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// How many events one commit covers at most.
    pub batch: usize,
    /// How often the log is asked when nothing wakes the task: another instance may have appended.
    pub poll: Duration,
    /// The pause after a first failure.
    pub first_pause: Duration,
    /// The longest pause between two attempts.
    pub longest_pause: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            batch: 512,
            poll: Duration::from_millis(500),
            first_pause: Duration::from_millis(50),
            longest_pause: Duration::from_secs(5),
        }
    }
}

/// The running projections.
#[derive(Debug)]
pub struct Projections {
    health: HealthWatch,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Projections {
    /// Starts all of them, each under a lease of its own out of `tenures`; they run until `stop` is cancelled.
    pub fn start(
        log: &Arc<dyn EventLog>,
        views: &Arc<dyn Views>,
        pace: Pace,
        tenures: &Tenures,
        stop: &CancellationToken,
    ) -> Self {
        let mut projections =
            Self { health: HealthWatch::default(), tasks: TaskTracker::new(), stop: stop.child_token() };
        for kind in ProjectionKind::ALL {
            let post = Post::new(kind, Arc::clone(log), Arc::clone(views), pace);
            match kind {
                ProjectionKind::Sessions => projections.spawn::<Sessions>(post, tenures),
                ProjectionKind::Attendance => projections.spawn::<Attendance>(post, tenures),
                ProjectionKind::Floor => projections.spawn::<Floor>(post, tenures),
                ProjectionKind::Transcript => projections.spawn::<Transcript>(post, tenures),
                ProjectionKind::Assemblies => projections.spawn::<Assemblies>(post, tenures),
                ProjectionKind::Users => projections.spawn::<Users>(post, tenures),
                ProjectionKind::Roles => projections.spawn::<Roles>(post, tenures),
                ProjectionKind::Clients => projections.spawn::<Clients>(post, tenures),
                ProjectionKind::Access => projections.spawn::<Access>(post, tenures),
            }
        }
        projections.tasks.close();
        projections
    }

    /// What tells how each of them is; it goes on telling after they stopped.
    pub fn health(&self) -> HealthWatch {
        self.health.clone()
    }

    /// Stops all of them and waits until they have.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.wait().await;
    }

    fn spawn<P: Projection>(&mut self, post: Post, tenures: &Tenures) {
        self.health.add(post.health());
        self.tasks.spawn(post.occupy::<P>(tenures.clone(), self.stop.clone()));
    }
}

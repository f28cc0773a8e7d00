//! The post of one projection in this process: at work while its lease is held, else standing by.

use std::sync::Arc;
use std::time::Duration;

use acta_application::leases::{LeaseName, Tenures};
use acta_application::log::EventLog;
use acta_application::views::{ViewName, Views};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::health::Teller;
use super::task::Task;
use super::{Pace, ProjectionHealth, ProjectionState};
use crate::{Projection, ProjectionKind};

/// How often whoever stands by looks how far the view is.
const LOOK: Duration = Duration::from_secs(2);

/// What one projection needs, whether it is at work or not.
pub(super) struct Post {
    view: ViewName,
    log: Arc<dyn EventLog>,
    views: Arc<dyn Views>,
    pace: Pace,
    health: Arc<Teller>,
}

impl Post {
    pub(super) fn new(
        kind: ProjectionKind,
        log: Arc<dyn EventLog>,
        views: Arc<dyn Views>,
        pace: Pace,
    ) -> Self {
        let health = Arc::new(Teller::new(kind.view()));
        Self { view: kind.view(), log, views, pace, health }
    }

    pub(super) fn health(&self) -> watch::Receiver<ProjectionHealth> {
        self.health.follow()
    }

    /// Folds whenever the lease is held, until `stop`.
    pub(super) async fn occupy<P: Projection>(self, tenures: Tenures, stop: CancellationToken) {
        let (post, stop) = (&self, &stop);
        let lease = LeaseName::new(&format!("projection.{}", self.view));
        let work = |held| async move { post.hold::<P>(&held, stop).await };
        let looking = stop.run_until_cancelled(self.look());
        tokio::join!(tenures.while_held(&lease, stop, work), looking);
        if !self.is_poisoned() {
            self.health.tell(None, ProjectionState::Stopped);
        }
    }

    /// Folds until the lease is `held` no longer. Nothing is kept from one tenure to the next.
    async fn hold<P: Projection>(&self, held: &CancellationToken, stop: &CancellationToken) {
        let (log, views, health) = (Arc::clone(&self.log), Arc::clone(&self.views), Arc::clone(&self.health));
        Task::<P>::new(log, views, self.pace, health).run(held).await;
        held.cancelled().await;
        if !stop.is_cancelled() {
            self.health.tell(None, ProjectionState::Standby);
        }
    }

    fn is_poisoned(&self) -> bool {
        matches!(self.health.state(), ProjectionState::Poisoned { .. })
    }

    /// Keeps the health of a projection that stands by true.
    async fn look(&self) {
        loop {
            // A store that does not answer is said by the lease, which is asked for at the same time.
            if self.health.state() == ProjectionState::Standby
                && let Ok(checkpoint) = self.views.checkpoint(&self.view).await
            {
                self.health.tell_standby(checkpoint);
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

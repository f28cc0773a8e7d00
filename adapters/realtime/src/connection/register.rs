//! The connections of this instance, and who watches over what lets them in.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use acta_application::access::{Admitted, Grant, Revocations, Revoked};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{Closing, Connection};
use crate::room::Notice;

/// How long it takes to tell all clients that the service stops: they do not all come back at once.
const FAREWELLS: Duration = Duration::from_secs(2);
/// How long what cannot be told at present is waited for.
const PAUSE: Duration = Duration::from_secs(1);

/// The connections of this instance.
#[derive(Debug, Default)]
pub(crate) struct Register(Mutex<HashMap<Uuid, Weak<Connection>>>);

impl Register {
    pub(super) fn add(&self, connection: &Arc<Connection>) {
        self.entries().insert(connection.id(), Arc::downgrade(connection));
    }

    pub(super) fn remove(&self, id: Uuid) {
        self.entries().remove(&id);
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<Uuid, Weak<Connection>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn all(&self) -> Vec<Arc<Connection>> {
        self.entries().values().filter_map(Weak::upgrade).collect()
    }

    /// Ends connections whose tokens were taken back, as `notices` tell; and all of them when the service stops.
    pub(crate) async fn watch(
        &self,
        notices: Receiver<Notice>,
        revocations: &dyn Revocations,
        shutdown: &CancellationToken,
    ) {
        shutdown.run_until_cancelled(self.follow(notices, revocations)).await;
        self.dismiss_all().await;
    }

    async fn follow(&self, mut notices: Receiver<Notice>, revocations: &dyn Revocations) {
        loop {
            match notices.recv().await {
                Ok(Notice::Missed) | Err(RecvError::Lagged(_)) => self.check_all(revocations).await,
                Ok(notice) => self.check_those_of(&notice, revocations).await,
                // The rooms are gone, and with them what their people could see.
                Err(RecvError::Closed) => return std::future::pending().await,
            }
        }
    }

    async fn check_those_of(&self, notice: &Notice, revocations: &dyn Revocations) {
        for connection in self.all() {
            let admitted = connection.admitted();
            let Some(revoked) = said_of(notice, &admitted) else { continue };
            match revocations.revoked(&admitted).await {
                Ok(None) => {}
                Ok(Some(revoked)) => connection.end(Closing::revoked(revoked)),
                // The log has said so already.
                Err(_) => connection.end(Closing::revoked(revoked)),
            }
        }
    }

    /// Asks for every connection, until all of them could be asked for.
    async fn check_all(&self, revocations: &dyn Revocations) {
        for connection in self.all() {
            while let Err(error) = connection.check(revocations).await {
                tracing::warn!(%error, "whether tokens were taken back cannot be told; asking again");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }

    /// Ends all connections, one after another, and those that have come meanwhile.
    async fn dismiss_all(&self) {
        let (all, begun) = (self.all(), Instant::now());
        let pace = FAREWELLS / u32::try_from(all.len().max(1)).unwrap_or(u32::MAX);
        for (n, connection) in (0..).zip(all) {
            // A timer is no finer than a millisecond: those that are due together leave together.
            tokio::time::sleep_until(begun + pace * n).await;
            connection.end(Closing::stopping());
        }
        for connection in self.all() {
            connection.end(Closing::stopping());
        }
    }
}

/// What `notice` says of whoever `admitted` is, if anything.
fn said_of(notice: &Notice, admitted: &Admitted) -> Option<Revoked> {
    let tenant = admitted.principal.tenant;
    match *notice {
        Notice::SignInEnded(of, id) => {
            (of == tenant && admitted.grant == Some(Grant::SignIn(id))).then_some(Revoked::SignInEnded)
        }
        Notice::UserDisabled(of, person) => {
            (of == tenant && admitted.principal.person() == Some(person)).then_some(Revoked::UserDisabled)
        }
        Notice::ClientRevoked(of, id) => {
            (of == tenant && admitted.grant == Some(Grant::Client(id))).then_some(Revoked::ClientRevoked)
        }
        Notice::Missed => None,
    }
}

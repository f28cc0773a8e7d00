//! The way in, for both transports.

use std::sync::Arc;

use acta_application::access::{Admitted, Revocations};
use acta_application::clock::{Clock, Randomness, time_ordered_id};
use acta_application::log::Position;
use acta_application::presence::{Place, Presence};
use acta_domain::{SessionId, Timestamp};
use axum::Router;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::headcount::Ticket;
use super::joined::Joining;
use super::{Connection, Headcount, Register, Transport};
use crate::gate::{Credentials, Gate};
use crate::measures::Measures;
use crate::parts::RealtimeOptions;
use crate::refusal::{Refusal, RoomProblem};
use crate::room::{Rooms, Seat};

/// What the way in leads through.
pub(crate) struct DoorParts {
    pub(crate) gate: Gate,
    pub(crate) rooms: Rooms,
    pub(crate) api: Router,
    pub(crate) revocations: Arc<dyn Revocations>,
    pub(crate) presence: Presence,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) randomness: Arc<dyn Randomness>,
    pub(crate) options: RealtimeOptions,
    pub(crate) shutdown: CancellationToken,
    /// Owns every task of a connection.
    pub(crate) tasks: TaskTracker,
}

/// The way in, for both transports.
pub(crate) struct Door {
    pub(super) gate: Gate,
    rooms: Rooms,
    pub(super) api: Router,
    pub(super) revocations: Arc<dyn Revocations>,
    presence: Presence,
    pub(super) clock: Arc<dyn Clock>,
    randomness: Arc<dyn Randomness>,
    pub(super) options: RealtimeOptions,
    shutdown: CancellationToken,
    tasks: TaskTracker,
    headcount: Arc<Headcount>,
    pub(crate) register: Register,
    pub(super) measures: Measures,
}

impl Door {
    /// The way in; nobody is in yet.
    pub(crate) fn new(parts: DoorParts) -> Arc<Self> {
        let measures = Measures::new();
        let headcount = Headcount::new(&parts.options, measures.people.clone());
        Arc::new(Self {
            gate: parts.gate,
            rooms: parts.rooms,
            api: parts.api,
            revocations: parts.revocations,
            presence: parts.presence,
            clock: parts.clock,
            randomness: parts.randomness,
            options: parts.options,
            shutdown: parts.shutdown,
            tasks: parts.tasks,
            headcount,
            register: Register::default(),
            measures,
        })
    }

    /// What an operator can set.
    pub(crate) const fn options(&self) -> &RealtimeOptions {
        &self.options
    }

    /// Owns the tasks of connections: the service does not stop before they have ended.
    pub(crate) const fn tasks(&self) -> &TaskTracker {
        &self.tasks
    }

    /// Lets whoever shows `credentials` into `session`; messages go on after `after`, or begin with a snapshot.
    ///
    /// # Errors
    /// What the gate refuses; `too-many-requests` when there are as many connections as there may be; `position-unknown`; and
    /// `unavailable` when the service stops or the session cannot be shown at present.
    pub(crate) async fn open(
        self: &Arc<Self>,
        session: SessionId,
        credentials: Credentials,
        after: Option<Position>,
        transport: Transport,
    ) -> Result<(Arc<Connection>, Seat), Refusal> {
        let began = self.clock.now();
        if self.shutdown.is_cancelled() {
            return Err(stopping());
        }
        let counted = self.headcount.count()?;
        let opening = self.admit(session, credentials, after, transport, began, counted);
        // Boxed: what it takes to come in is not kept for as long as a connection lasts.
        Box::pin(opening).await
    }

    async fn admit(
        self: &Arc<Self>,
        session: SessionId,
        credentials: Credentials,
        after: Option<Position>,
        transport: Transport,
        began: Timestamp,
        mut counted: Ticket,
    ) -> Result<(Arc<Connection>, Seat), Refusal> {
        let admitted = self.gate.admit(session, &credentials).await?;
        counted.belongs_to(&admitted.principal)?;
        let seat =
            self.rooms.enter(admitted.principal.tenant, session, after).await.map_err(Refusal::from)?;
        let present = self.presence.enter(place(session, &admitted));
        let id = time_ordered_id(began, &*self.randomness);
        let joining = Joining { id, session, transport, began, after, admitted, present, counted };
        let connection = Arc::new(Connection::new(Arc::clone(self), joining));
        self.register.add(&connection);
        self.look_again(&connection).await?;
        Ok((connection, seat))
    }

    /// What happened between the gate and the register was told to nobody.
    async fn look_again(&self, connection: &Connection) -> Result<(), Refusal> {
        let checked = connection.check(&*self.revocations).await;
        checked.map_err(|error| {
            tracing::warn!(%error, "whether a token was taken back could not be told");
            Refusal::after(RoomProblem::Unavailable, "it cannot be told whether the token still counts", 1)
        })?;
        if self.shutdown.is_cancelled() { Err(stopping()) } else { Ok(()) }
    }
}

fn place(session: SessionId, admitted: &Admitted) -> Place {
    Place { tenant: admitted.principal.tenant, session, actor: admitted.principal.actor.clone() }
}

fn stopping() -> Refusal {
    Refusal::after(RoomProblem::Unavailable, "the service stops: connect again", 1)
}

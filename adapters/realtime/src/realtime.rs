//! The room as the binary runs it.

use std::sync::Arc;

use acta_application::access::Revocations;
use axum::Router;
use axum::middleware::from_fn_with_state;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::connection::{Door, DoorParts};
use crate::gate::Gate;
use crate::parts::RealtimeParts;
use crate::room::Rooms;
use crate::socket_io;
use crate::websocket::{WebSockets, live};

/// The room, running: both transports, and what follows the log for them.
pub struct Realtime {
    api: Router,
    door: Arc<Door>,
    /// The tasks of connections, and the one that watches over them.
    tasks: TaskTracker,
    following: TaskTracker,
    closing: CancellationToken,
}

impl Realtime {
    /// Starts what follows the log. It runs until [`Realtime::settle`].
    pub fn start(parts: RealtimeParts) -> Self {
        let rooms = Rooms::new(parts.log, parts.views, parts.persons, Arc::clone(&parts.clock));
        let gate = Gate::new(parts.api.clone(), Arc::clone(&parts.revocations), parts.options.handshake);
        let (tasks, following, closing) = (TaskTracker::new(), TaskTracker::new(), CancellationToken::new());
        let door = Door::new(DoorParts {
            gate,
            rooms: rooms.clone(),
            api: parts.api.clone(),
            revocations: Arc::clone(&parts.revocations),
            presence: parts.presence,
            clock: parts.clock,
            randomness: parts.randomness,
            options: parts.options,
            shutdown: parts.shutdown.clone(),
            tasks: tasks.clone(),
        });
        tasks.spawn(watch(Arc::clone(&door), rooms.clone(), parts.revocations, parts.shutdown));
        let until = closing.clone();
        following.spawn(async move { rooms.run(until).await });
        Self { api: parts.api, door, tasks, following, closing }
    }

    /// Everything that this instance serves: the room, and the HTTP API behind it.
    pub fn router(&self) -> Router {
        let sockets = WebSockets::new(Arc::clone(&self.door));
        socket_io::router(&self.door)
            .fallback_service(self.api.clone())
            .layer(from_fn_with_state(sockets, live))
    }

    /// Waits until every connection has ended, which they do when the service stops, and then stops following the log.
    pub async fn settle(self) {
        self.tasks.close();
        self.tasks.wait().await;
        self.closing.cancel();
        self.following.close();
        self.following.wait().await;
    }
}

async fn watch(
    door: Arc<Door>,
    rooms: Rooms,
    revocations: Arc<dyn Revocations>,
    shutdown: CancellationToken,
) {
    door.register.watch(rooms.notices(), &*revocations, &shutdown).await;
}

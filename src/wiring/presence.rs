//! Who is there: who is connected, and what goes on the record of it.

use std::sync::Arc;

use acta_application::attendance::EvidenceKey;
use acta_application::leases::HolderId;
use acta_application::policies::PresencePolicy;
use acta_application::presence::{Presence, PresenceBoard, SignalKeeping, socket_signals};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{Parts, ServiceKeys};
use crate::config::RoomPresence;
use crate::system::{SystemClock, SystemRandomness};

/// Puts on the record who comes and goes by sockets; it ends after the last socket.
pub(super) struct Recording {
    no_more: CancellationToken,
    task: JoinHandle<()>,
}

impl Recording {
    /// Records what is left, when nobody is connected any more.
    pub(super) async fn finish(self) {
        self.no_more.cancel();
        if let Err(error) = self.task.await {
            tracing::error!(%error, "who came and went by sockets at the end may not be on the record");
        }
    }
}

/// Starts to tell who is connected to `instance`, and, unless that is to stay off the record, to record it.
pub(super) fn start(
    parts: &Parts<'_>,
    board: Arc<dyn PresenceBoard>,
    keys: &ServiceKeys,
    instance: HolderId,
) -> (Presence, Option<Recording>) {
    let presence = Presence::new(Arc::clone(&board), instance, Arc::new(SystemClock));
    let (presence, recording) = match parts.config.realtime.presence() {
        RoomPresence::Unrecorded => (presence, None),
        RoomPresence::Recorded => {
            let (presence, recording) = recorded(parts, presence, board, keys, instance);
            (presence, Some(recording))
        }
    };
    parts.background.spawn(presence.clone().run(parts.stop.clone()));
    (presence, recording)
}

fn recorded(
    parts: &Parts<'_>,
    presence: Presence,
    board: Arc<dyn PresenceBoard>,
    keys: &ServiceKeys,
    instance: HolderId,
) -> (Presence, Recording) {
    let Parts { log, views, use_cases, tenures, stop, background, .. } = *parts;
    let keeping =
        SignalKeeping::new(Arc::clone(use_cases), Arc::new(SystemClock), Arc::new(SystemRandomness));
    let policy = PresencePolicy::new(Arc::clone(log), Arc::clone(views), board, keeping.clone());
    background.spawn(policy.run(tenures.clone(), stop.clone()));
    let key = EvidenceKey::new(keys.digest.clone());
    let (signals, recorder) = socket_signals(keeping, key, instance);
    let no_more = CancellationToken::new();
    let task = tokio::spawn(recorder.run(no_more.clone()));
    (presence.noting(signals), Recording { no_more, task })
}

//! The room.

use std::sync::Arc;

use acta_application::access::Revocations;
use acta_application::issuer::Issuer;
use acta_application::persons::Persons;
use acta_application::presence::Presence;
use acta_realtime::{Realtime, RealtimeParts};
use axum::Router;

use super::Parts;
use crate::system::{SystemClock, SystemRandomness};

/// Starts the room in front of `api`.
pub(super) fn start(
    parts: &Parts<'_>,
    api: Router,
    issuer: &Arc<Issuer>,
    persons: Persons,
    presence: Presence,
) -> Realtime {
    let revocations: Arc<dyn Revocations> = Arc::<Issuer>::clone(issuer);
    Realtime::start(RealtimeParts {
        log: Arc::clone(parts.log),
        views: Arc::clone(parts.views),
        persons,
        api,
        revocations,
        presence,
        clock: Arc::new(SystemClock),
        randomness: Arc::new(SystemRandomness),
        options: parts.config.realtime.options(),
        shutdown: parts.stop.clone(),
    })
}

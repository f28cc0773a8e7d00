//! The services beside this one.

use std::sync::Arc;

use acta_application::health::FeatureWatch;
use acta_application::neighbours::{Neighbour, Neighbours};
use acta_services::ServicesBeside;

use crate::config::{Codes, NeighbourArgs};
use crate::system::SystemRandomness;

/// The neighbours that are set, and what tells how each is. Nobody is called yet: one that is away keeps nothing from starting.
pub(super) fn open(config: &NeighbourArgs) -> anyhow::Result<(Neighbours, Vec<FeatureWatch>)> {
    let mut beside = ServicesBeside::new(config.options()?, Arc::new(SystemRandomness));
    for (neighbour, url) in config.services() {
        beside = beside.with(neighbour, url)?;
    }
    beside = match config.codes() {
        Some(Codes::Notifications(url)) => beside.with(Neighbour::Notifications, url)?,
        Some(Codes::Mail { url, from }) => beside.with_mail(url, from)?,
        Some(Codes::Shown) => {
            tracing::warn!(
                "one-time codes are printed on standard output (CODES_SHOWN): this is for trying things out"
            );
            beside.with_shown_codes(Box::new(std::io::stdout()))
        }
        None => beside,
    };
    if config.are_plain() {
        tracing::warn!(
            "neighbours may be spoken to without TLS beyond this machine (NEIGHBOURS_PLAIN): evidence and codes cross the network in the clear unless something else encrypts them"
        );
    }
    Ok(beside.finish())
}

//! Signals of presence.

use acta_domain::PresenceEvent;
use schemars::JsonSchema;
use serde::Serialize;

use super::Untold;
use super::told::{Teller, Told};
use crate::frame::Frame;

pub(super) const NAME: &str = "presence_signalled";

/// Signals of people's presence were recorded. Who is connected is asked for; a crowd is not told of each of itself.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct PresenceSignalled {
    #[serde(flatten)]
    told: Told,
    /// How many signals.
    signals: usize,
}

pub(super) fn frame(teller: &Teller<'_>, fact: &PresenceEvent) -> Result<Frame, Untold> {
    let PresenceEvent::Signalled { signals, .. } = fact;
    teller.say(NAME, &PresenceSignalled { told: teller.told(), signals: signals.len() })
}

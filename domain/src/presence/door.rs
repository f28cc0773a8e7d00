//! What attendance says of presence.

use uuid::Uuid;

use super::Signal;
use crate::attendance::AttendanceEvent;
use crate::ids::{ChannelId, PersonId};
use crate::values::{Sign, SignalSource, Timestamp};

/// All of attendance is one channel, so that a departure that was noted by hand answers the arrival with a QR code.
const DOOR: ChannelId = ChannelId::new(Uuid::nil());

impl Signal {
    /// Somebody came or went by the door at `at`.
    pub const fn at_door(person_id: PersonId, sign: Sign, at: Timestamp) -> Self {
        Self { person_id, observed_at: at, source: SignalSource::Door, channel: DOOR, sign }
    }

    /// What `event` says of somebody's presence, by whichever method: attendance is on the record already, so that its signals are
    /// not written a second time.
    pub const fn of_attendance(event: &AttendanceEvent) -> Option<Self> {
        match event {
            AttendanceEvent::Validated { person_id, at, .. }
            | AttendanceEvent::Returned { person_id, at, .. } => {
                Some(Self::at_door(*person_id, Sign::Arrived, *at))
            }
            AttendanceEvent::Left { person_id, at } => Some(Self::at_door(*person_id, Sign::Departed, *at)),
            AttendanceEvent::Refused { .. }
            | AttendanceEvent::CodeIssued { .. }
            | AttendanceEvent::Overridden { .. }
            | AttendanceEvent::EligibilityImported { .. } => None,
        }
    }
}

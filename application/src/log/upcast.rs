//! Old events stay readable: each is lifted to the newest version when it is read, and never rewritten.

use cqrs_es::persist::{EventUpcaster, SerializedEvent};
use serde_json::Value;

use super::{RecordedEvent, UnreadableEvent};

/// A chain of upcasters, each of which lifts one version of one event type to the next.
#[derive(Default)]
pub struct Upcasters(Vec<Box<dyn EventUpcaster>>);

impl Upcasters {
    /// A chain, oldest versions first.
    pub fn new(chain: Vec<Box<dyn EventUpcaster>>) -> Self {
        Self(chain)
    }

    /// The newest form of `event`: its type and its payload.
    ///
    /// # Errors
    /// When the stored payload is not JSON.
    pub fn lift(&self, event: &RecordedEvent) -> Result<(String, Value), UnreadableEvent> {
        let payload = serde_json::from_str(&event.payload).map_err(|error| event.unreadable(error))?;
        if self.0.is_empty() {
            return Ok((event.event_type.clone(), payload));
        }
        let lifted = self.0.iter().fold(serialized(event, payload), |event, upcaster| {
            if upcaster.can_upcast(&event.event_type, &event.event_version) {
                upcaster.upcast(event)
            } else {
                event
            }
        });
        Ok((lifted.event_type, lifted.payload))
    }
}

fn serialized(event: &RecordedEvent, payload: Value) -> SerializedEvent {
    SerializedEvent {
        aggregate_id: event.stream.aggregate_id.clone(),
        sequence: usize::try_from(event.sequence.get()).unwrap_or(usize::MAX),
        aggregate_type: event.stream.aggregate_type.clone(),
        event_type: event.event_type.clone(),
        event_version: event.event_version.to_string(),
        payload,
        metadata: Value::Null,
    }
}

/// The chain for every event version that was ever published. All are at their first version so far, so nothing needs lifting.
pub fn published() -> &'static Upcasters {
    static PUBLISHED: std::sync::LazyLock<Upcasters> = std::sync::LazyLock::new(Upcasters::default);
    &PUBLISHED
}

#[cfg(test)]
mod tests;

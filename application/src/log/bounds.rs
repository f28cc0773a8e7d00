//! How much one append may carry, in every store.

use super::{Append, AppendError, NewEvent};

/// Most events of one append.
pub const MAX_EVENTS: usize = 64;
/// Most bytes of one event's payload, and of its personal part.
pub const MAX_EVENT_BYTES: usize = 256 * 1024;

impl Append {
    /// Whether a store may take this append; every store asks before it queues.
    ///
    /// # Errors
    /// [`AppendError::TooLarge`] without events or beyond the limits above.
    pub fn check_bounds(&self) -> Result<(), AppendError> {
        let few = (1..=MAX_EVENTS).contains(&self.events.len());
        if few && self.events.iter().all(is_small) {
            return Ok(());
        }
        Err(AppendError::TooLarge { most_events: MAX_EVENTS, most_bytes: MAX_EVENT_BYTES })
    }
}

fn is_small(event: &NewEvent) -> bool {
    let sealed = event.sealed.as_ref().map_or(0, |part| part.ciphertext.len());
    event.payload.len() <= MAX_EVENT_BYTES && sealed <= MAX_EVENT_BYTES
}

//! Filling the ring backwards, when the first of those who come back finds the room just opened.

use std::sync::Arc;

use acta_application::log::{Position, SessionIndex};

use super::history::Until;
use super::shared::Room;
use super::trouble::SeatError;

/// How many events the ring is filled back with.
const FILLED: u64 = 512;

impl Room {
    /// Puts the last events in front of the ring into it if that brings it back to `after`: after a restart everybody comes back
    /// from about the same place, and what one needs all need. Tried once; whoever comes from further back catches up alone.
    pub(super) async fn fill_back(self: &Arc<Self>, after: Position) -> Result<(), SeatError> {
        if self.place_of(after).is_some() {
            return Ok(());
        }
        // Held while the log is read: the others who come back wait for what is read here.
        let mut marks = self.history.marks().await;
        if marks.tried_to_fill || self.place_of(after).is_some() {
            return Ok(());
        }
        let base = self.base();
        let first = SessionIndex::new(base.next.get().saturating_sub(FILLED));
        let before = marks.state(&self.source, Until::Index(first)).await?;
        let from = before.place;
        let count = usize::try_from(base.next.get() - from.next.get()).unwrap_or(usize::MAX);
        let events = self.source.events(from.next, count).await?;
        let (_, entries) = self.writer.write(before, &events).await?;
        self.fill(from, base, entries);
        marks.tried_to_fill = true;
        Ok(())
    }
}

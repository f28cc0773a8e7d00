//! The last frames of a room.

use std::collections::VecDeque;
use std::sync::Arc;

use acta_application::log::{Position, SessionIndex};
use acta_domain::PersonId;

use super::budget::Budget;
use super::state::Place;
use crate::frame::Frame;

/// Most frames in a ring.
pub(super) const MOST_FRAMES: usize = 2_048;
/// Most bytes in a ring.
const MOST_BYTES: usize = 2 * 1024 * 1024;
/// So many frames stay in a ring even when all rings together take too much.
const FEWEST_FRAMES: usize = 16;

/// A frame in a ring.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) frame: Arc<Frame>,
    /// Whose words are in it.
    pub(super) subject: Option<PersonId>,
}

/// A gapless run of frames that ends with the last event that the room knows.
#[derive(Debug)]
pub(super) struct Ring {
    /// The place in front of the first frame.
    base: Place,
    entries: VecDeque<Entry>,
    bytes: usize,
    budget: Arc<Budget>,
}

/// What a ring has for a reader.
#[derive(Debug)]
pub(super) enum Found {
    /// These frames, and the place behind them.
    Frames(Vec<Arc<Frame>>, Place),
    /// Nothing yet.
    Nothing,
    /// No longer what comes next.
    Gone,
}

impl Ring {
    /// An empty ring that goes on from `base`.
    pub(super) fn at(base: Place, budget: Arc<Budget>) -> Self {
        Self { base, entries: VecDeque::new(), bytes: 0, budget }
    }

    /// The place in front of the first frame.
    pub(super) const fn base(&self) -> Place {
        self.base
    }

    /// Adds the frames of the next events.
    pub(super) fn extend(&mut self, entries: impl IntoIterator<Item = Entry>) {
        for entry in entries {
            self.count(&entry);
            self.entries.push_back(entry);
        }
        self.shrink();
    }

    /// Adds the frames of the events between `base` and the first frame, if there is room for all of them. They are from `from` on.
    pub(super) fn prepend(&mut self, from: Place, entries: Vec<Entry>) {
        let bytes: usize = entries.iter().map(size).sum();
        if self.entries.len() + entries.len() > MOST_FRAMES || self.bytes + bytes > MOST_BYTES {
            return;
        }
        for entry in entries.into_iter().rev() {
            self.count(&entry);
            self.entries.push_front(entry);
        }
        self.base = from;
    }

    /// At most `most` frames from `next` on, without those up to `after`.
    pub(super) fn read(&self, next: SessionIndex, after: Position, most: usize) -> Found {
        let Some(skip) = next.get().checked_sub(self.base.next.get()) else { return Found::Gone };
        let skip = usize::try_from(skip).unwrap_or(usize::MAX).min(self.entries.len());
        let frames = self.entries.range(skip..).map(|entry| &entry.frame);
        let frames: Vec<_> =
            frames.skip_while(|frame| frame.position <= after).take(most).map(Arc::clone).collect();
        match frames.last() {
            Some(last) => {
                let next = self.next_behind(last.position);
                let place = Place { position: last.position, next };
                Found::Frames(frames, place)
            }
            None => Found::Nothing,
        }
    }

    /// The place behind all events up to `position`, if the ring reaches back that far.
    pub(super) fn place_of(&self, position: Position) -> Option<Place> {
        if position < self.base.position {
            return None;
        }
        Some(Place { position, next: self.next_behind(position) })
    }

    /// Takes the words of `person` out of every frame.
    pub(super) fn shut(&mut self, person: PersonId) {
        for entry in self.entries.iter_mut().filter(|entry| entry.subject == Some(person)) {
            let before = size(entry);
            entry.frame = Arc::new(entry.frame.shut());
            let saved = before.saturating_sub(size(entry));
            self.bytes -= saved;
            self.budget.give_back(saved);
        }
    }

    fn next_behind(&self, position: Position) -> SessionIndex {
        let count = self.entries.partition_point(|entry| entry.frame.position <= position);
        self.base.next.plus(count as u64)
    }

    fn count(&mut self, entry: &Entry) {
        let bytes = size(entry);
        self.bytes += bytes;
        self.budget.take(bytes);
    }

    fn shrink(&mut self) {
        while self.is_too_large() {
            let Some(oldest) = self.entries.pop_front() else { return };
            let bytes = size(&oldest);
            self.bytes -= bytes;
            self.budget.give_back(bytes);
            self.base = Place { position: oldest.frame.position, next: self.base.next.next() };
        }
    }

    fn is_too_large(&self) -> bool {
        let frames = self.entries.len();
        frames > MOST_FRAMES
            || (self.bytes > MOST_BYTES && frames > 1)
            || (self.budget.is_overdrawn() && frames > FEWEST_FRAMES)
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        self.budget.give_back(self.bytes);
    }
}

/// About the memory that a frame takes.
fn size(entry: &Entry) -> usize {
    let (open, shut) = (entry.frame.payload(true), entry.frame.payload(false));
    let one = |payload: &crate::frame::Payload| payload.data.get().len() + payload.text.len();
    let both = if std::ptr::eq(open, shut) { one(open) } else { one(open) + one(shut) };
    both + 256
}

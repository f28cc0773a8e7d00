//! How far a lane goes without a hole, as it is read.
//!
//! Every record names the one that was sent into its lane before it, so a lane is a chain that can be followed without the log. A
//! record whose predecessor is the last one taken is the next one; one at or before the last one taken is a double; one further on
//! is early, because what it stands behind is not there yet, and it will come once more in its place.

use super::{Bounds, Found, Offset, RecordId};
use crate::log::Position;

/// The last record of a lane that was acknowledged when the checkpoint was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    /// Where it stood; [`None`] when it is known to be gone.
    pub(super) offset: Option<Offset>,
    pub(super) position: Position,
}

/// The last record of a lane that stands there in order: all of the lane's events up to it are there, or were and expired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) offset: Offset,
    pub(super) position: Position,
    /// Which event it is; [`None`] when it expired and is only remembered.
    pub(super) id: Option<RecordId>,
}

/// Follows the chain of one lane.
#[derive(Debug)]
pub(super) struct Walk {
    place: Option<Place>,
    step: Step,
}

/// What may be taken next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// The mark, and nothing else.
    Mark(Offset, Position),
    /// A first record that stands behind one that expired, but none further on than this.
    Beginning(Option<Position>),
    /// What stands behind the mark, or behind something after it: that all expired.
    Bridge,
    /// Only what stands right behind the place.
    Chain,
}

/// The mark of a lane is not there: the broker forgot, and the lane must be read from its start.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct MarkGone;

impl Walk {
    /// A walk through a lane that holds `bounds` and had its mark at `mark`.
    pub(super) fn new(mark: Option<Mark>, bounds: Bounds) -> Self {
        let known = mark.and_then(|mark| Some((mark.offset?, mark.position)));
        match known {
            Some((offset, position)) if offset < bounds.first => {
                Self { place: Some(Place { offset, position, id: None }), step: Step::Bridge }
            }
            Some((offset, position)) if offset < bounds.next => {
                Self { place: None, step: Step::Mark(offset, position) }
            }
            _ => Self::from_start(mark, bounds),
        }
    }

    /// A walk through a lane that holds `bounds`, whose mark at `mark` is gone or never was.
    pub(super) fn from_start(mark: Option<Mark>, bounds: Bounds) -> Self {
        // What stands further on than a mark that was behind the oldest record is early, and no beginning.
        let step = match bounds.first {
            Offset(0) => Step::Chain,
            _ => Step::Beginning(mark.map(|mark| mark.position)),
        };
        Self { place: None, step }
    }

    /// Where to begin to read.
    pub(super) fn reads_from(&self) -> Offset {
        match self.step {
            Step::Mark(offset, _) => offset,
            _ => Offset(0),
        }
    }

    /// Takes the next record of the lane.
    ///
    /// # Errors
    /// [`MarkGone`] when the mark had to come and something else did.
    pub(super) fn take(&mut self, found: &Found) -> Result<(), MarkGone> {
        if let Step::Mark(offset, position) = self.step {
            if found.replayed || found.offset != offset || found.position != position {
                return Err(MarkGone);
            }
            self.take_in(found);
        } else if !found.replayed && self.is_next(found) {
            self.take_in(found);
        }
        Ok(())
    }

    /// The place after all that was taken; [`None`] when nothing stands in the lane in order.
    ///
    /// # Errors
    /// [`MarkGone`] when the mark did not come at all.
    pub(super) fn place(&self) -> Result<Option<Place>, MarkGone> {
        match self.step {
            Step::Mark(..) => Err(MarkGone),
            _ => Ok(self.place),
        }
    }

    fn is_next(&self, found: &Found) -> bool {
        let last = self.place.map(|place| place.position);
        match self.step {
            Step::Bridge => found.previous >= last && Some(found.position) > last,
            Step::Beginning(limit) => {
                found.previous.is_none() || limit.is_none_or(|most| found.position <= most)
            }
            Step::Mark(..) | Step::Chain => found.previous == last,
        }
    }

    fn take_in(&mut self, found: &Found) {
        self.place = Some(Place { offset: found.offset, position: found.position, id: Some(found.id) });
        self.step = Step::Chain;
    }
}

#[cfg(test)]
mod tests;

//! What is to be told of this instance's connections: a pure account of them.

use std::collections::{HashMap, VecDeque};

use acta_domain::Timestamp;

use super::{Place, Told};

/// The connections of one instance, and how much of that the board knows.
///
/// Its size is the number of places that somebody is connected to, and of those that the board still has to hear are empty.
#[derive(Debug, Default)]
pub(super) struct Book {
    places: HashMap<Place, Standing>,
    /// Every place whose standing says so, once.
    untold: VecDeque<Place>,
    /// How often the board forgot everything.
    epoch: u64,
}

/// How it stands with a place.
#[derive(Debug)]
struct Standing {
    connections: u32,
    since: Timestamp,
    /// When they last came or went.
    moved: Timestamp,
    board: OnBoard,
    is_untold: bool,
}

impl Standing {
    /// They come or go now: later than the time before, whatever the clock says, so that nobody leaves before they came.
    fn moves(&mut self, now: Timestamp) -> Timestamp {
        self.moved = now.max(self.moved.plus_micros(1));
        self.moved
    }
}

/// What the board has of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OnBoard {
    /// Nothing, for certain.
    Nothing,
    /// This many connections since then, for certain.
    Surely(u32, Timestamp),
    /// One or another of what it was told.
    Unknown,
}

impl OnBoard {
    /// What it has after it took this.
    const fn after(connections: u32, since: Timestamp) -> Self {
        if connections == 0 { Self::Nothing } else { Self::Surely(connections, since) }
    }
}

/// What the board is being told.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) told: Vec<Told>,
    epoch: u64,
}

impl Book {
    /// One connection more, made at `now`; if it is the first, when they came.
    pub(super) fn enter(&mut self, place: &Place, now: Timestamp) -> Option<Timestamp> {
        let fresh = Standing {
            connections: 0,
            since: now,
            moved: Timestamp::MIN,
            board: OnBoard::Nothing,
            is_untold: false,
        };
        let standing = self.places.entry(place.clone()).or_insert(fresh);
        let is_first = standing.connections == 0;
        if is_first {
            standing.since = now;
        }
        standing.connections += 1;
        let came = is_first.then(|| standing.moves(now));
        self.note(place);
        came
    }

    /// One connection less at `now`; if it was the last, when they went.
    pub(super) fn leave(&mut self, place: &Place, now: Timestamp) -> Option<Timestamp> {
        let standing = self.places.get_mut(place).expect("whoever leaves has entered");
        standing.connections -= 1;
        let went = (standing.connections == 0).then(|| standing.moves(now));
        self.note(place);
        went
    }

    /// At most `most` places of which the board may have something else than is so. The answer is to be given to
    /// [`heard`](Self::heard) or [`not_heard`](Self::not_heard) before the next are taken.
    pub(super) fn take(&mut self, most: usize) -> Batch {
        let mut told = Vec::new();
        while told.len() < most
            && let Some(place) = self.untold.pop_front()
        {
            let standing = self.places.get_mut(&place).expect("a place that is to be told is there");
            standing.is_untold = false;
            let Standing { connections, since, board, .. } = *standing;
            if board == OnBoard::after(connections, since) {
                self.forget_if_empty(&place);
            } else {
                standing.board = OnBoard::Unknown;
                told.push(Told { place, connections, since });
            }
        }
        Batch { told, epoch: self.epoch }
    }

    /// The board has taken `batch`.
    pub(super) fn heard(&mut self, batch: Batch) {
        if batch.epoch != self.epoch {
            // It may have forgotten this too; all of it is to be told again already.
            return;
        }
        for Told { place, connections, since } in batch.told {
            let standing =
                self.places.get_mut(&place).expect("a place stays until the board knows it is empty");
            standing.board = OnBoard::after(connections, since);
            self.forget_if_empty(&place);
        }
    }

    /// The board has not taken `batch`, or nobody knows whether it has.
    pub(super) fn not_heard(&mut self, batch: Batch) {
        for Told { place, .. } in batch.told {
            self.note(&place);
        }
    }

    /// The board may have forgotten anything that it was told until now.
    pub(super) fn forgotten(&mut self) {
        self.epoch += 1;
        let places: Vec<Place> = self.places.keys().cloned().collect();
        for place in places {
            self.places.entry(place.clone()).and_modify(|standing| standing.board = OnBoard::Unknown);
            self.note(&place);
        }
    }

    /// Whether there is anything to be told.
    pub(super) fn is_told(&self) -> bool {
        self.untold.is_empty()
    }

    fn note(&mut self, place: &Place) {
        let standing = self.places.get_mut(place).expect("only places that are there are noted");
        if !std::mem::replace(&mut standing.is_untold, true) {
            self.untold.push_back(place.clone());
        }
    }

    fn forget_if_empty(&mut self, place: &Place) {
        let is_empty = |standing: &Standing| {
            standing.connections == 0 && standing.board == OnBoard::Nothing && !standing.is_untold
        };
        if self.places.get(place).is_some_and(is_empty) {
            self.places.remove(place);
        }
    }
}

#[cfg(test)]
mod tests;

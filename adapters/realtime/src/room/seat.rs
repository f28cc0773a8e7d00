//! A seat: how one connection reads a room, at its own speed.

use std::sync::Arc;

use acta_application::log::{Position, SessionIndex};
use acta_domain::PersonId;
use tokio::sync::watch;

use super::history::Until;
use super::ring::Found;
use super::shared::{Room, Stage};
use super::state::State;
use super::trouble::{SeatError, Trouble};
use crate::frame::Frame;
use crate::message::{self, Untold};

/// Most frames given at a time.
const MOST: usize = 64;

/// A place in a room from which every event is seen once and in order. It holds a position, and no frame.
pub(crate) struct Seat {
    room: Arc<Room>,
    stage: watch::Receiver<Stage>,
    /// The last event that was given, or the position that it began behind.
    position: Position,
    /// The event that comes next, where that is known.
    next: SessionIndex,
    reading: Reading,
}

/// Where the next frames come from.
enum Reading {
    /// Nothing was given yet: first comes a look at all that is.
    Snapshot(Box<State>),
    /// The ring.
    Ring,
    /// The log, once it is known what the session had come to at the seat's position.
    Behind,
    /// The log, from here on.
    CatchingUp(Box<State>),
}

impl Seat {
    /// A seat that begins with a look at all that is.
    pub(super) fn with_snapshot(room: Arc<Room>, stage: watch::Receiver<Stage>) -> Self {
        let present = room.state();
        let (position, next) = (present.place.position, present.place.next);
        Self { room, stage, position, next, reading: Reading::Snapshot(Box::new(present)) }
    }

    /// A seat that goes on behind `after`.
    pub(super) fn behind(room: Arc<Room>, stage: watch::Receiver<Stage>, after: Position) -> Self {
        let (next, reading) = match room.place_of(after) {
            Some(place) => (place.next, Reading::Ring),
            None => (SessionIndex::default(), Reading::Behind),
        };
        Self { room, stage, position: after, next, reading }
    }

    /// The last event that was given, or the position that the seat began behind.
    pub(crate) const fn position(&self) -> Position {
        self.position
    }

    /// The last event of the session that the room knows.
    pub(crate) fn head(&self) -> Position {
        self.room.state().place.position
    }

    /// Whether `person` has the floor.
    pub(crate) fn is_speaking(&self, person: PersonId) -> bool {
        self.room.is_speaking(person)
    }

    /// The next frames, in order and without a gap: at least one, at most 64. Waits until there are some. A seat that fell too far
    /// behind is told so by a frame `lagged`, and then reads on where it was.
    ///
    /// Cancellation-safe: what a dropped call would have given, the next one gives.
    ///
    /// # Errors
    /// See [`SeatError`]: nothing more will come. What came before is complete.
    pub(crate) async fn next(&mut self) -> Result<Vec<Arc<Frame>>, SeatError> {
        loop {
            // Seen before the room is, so that whatever is shown after it ends the wait below.
            let stage = *self.stage.borrow_and_update();
            let from_ring = matches!(self.reading, Reading::Ring);
            // Boxed: it would make every seat larger, and is needed seldom.
            let frames = if from_ring { self.read_ring()? } else { Box::pin(self.read_elsewhere()).await? };
            if !frames.is_empty() {
                return Ok(frames);
            }
            if from_ring {
                self.wait(stage).await?;
            }
        }
    }

    /// The next frames of the ring; none if there are none yet.
    fn read_ring(&mut self) -> Result<Vec<Arc<Frame>>, SeatError> {
        match self.room.read(self.next, self.position, MOST) {
            Found::Frames(frames, place) => {
                (self.position, self.next) = (place.position, place.next);
                Ok(frames)
            }
            Found::Nothing => Ok(Vec::new()),
            Found::Gone => {
                let frame = self.lagged()?;
                self.reading = Reading::Behind;
                Ok(vec![frame])
            }
        }
    }

    /// The next frames from elsewhere; none if there are none there, and then it is to be looked again.
    async fn read_elsewhere(&mut self) -> Result<Vec<Arc<Frame>>, SeatError> {
        match &self.reading {
            Reading::Snapshot(state) => {
                let frame = self.room.snapshot(state).await?;
                self.reading = Reading::Ring;
                Ok(vec![frame])
            }
            Reading::Behind => {
                let until = Until::Position(self.position);
                let state = self.room.history.state(&self.room.source, until).await?;
                self.reading = Reading::CatchingUp(Box::new(state));
                Ok(Vec::new())
            }
            Reading::CatchingUp(state) => {
                let state = State::clone(state);
                self.catch_up(state).await
            }
            Reading::Ring => Ok(Vec::new()),
        }
    }

    /// Waits until the room shows more.
    async fn wait(&mut self, seen: Stage) -> Result<(), SeatError> {
        if let Stage::Over(why) = seen {
            return Err(why);
        }
        self.stage.changed().await.map_err(|_| SeatError::Failed)
    }

    /// The next frames from the log, which follow on `state`; none if the ring has them.
    async fn catch_up(&mut self, state: State) -> Result<Vec<Arc<Frame>>, SeatError> {
        let (next, base) = (state.place.next, self.room.base());
        if next >= base.next {
            self.next = next;
            self.reading = Reading::Ring;
            return Ok(Vec::new());
        }
        let events = self.room.source.events(next, MOST).await?;
        let (state, entries) = self.room.writer.write(state, &events).await?;
        let frames = self.room.frames(entries);
        self.position = state.place.position;
        self.next = state.place.next;
        self.reading = Reading::CatchingUp(Box::new(state));
        Ok(frames)
    }

    fn lagged(&self) -> Result<Arc<Frame>, SeatError> {
        let frame = message::lagged(self.position, self.head());
        frame.map(Arc::new).map_err(|error| Trouble::from(Untold::from(error)).settle())
    }
}

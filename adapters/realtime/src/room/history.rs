//! What a session had come to earlier.

use acta_application::log::{Position, RecordedEvent, SessionIndex};
use tokio::sync::Mutex;

use super::source::Source;
use super::state::State;
use super::trouble::{SeatError, Trouble};

/// How many events are folded at a time.
const PAGE: usize = 512;
/// Most marks that a room keeps.
const MOST_MARKS: usize = 32;
/// At first so many events lie between two marks.
const FIRST_SPACING: u64 = 512;

/// States at some earlier places of a session, from which others are folded.
///
/// The lock is held while the log is read: whoever waits for it finds what was folded meanwhile, instead of folding it again.
#[derive(Debug)]
pub(super) struct History(Mutex<Marks>);

/// In order of place, further and further apart when there are many.
#[derive(Debug)]
pub(super) struct Marks {
    spacing: u64,
    states: Vec<State>,
    /// Whether the ring was filled backwards, which is tried once.
    pub(super) tried_to_fill: bool,
}

/// Up to which event to fold.
#[derive(Debug, Clone, Copy)]
pub(super) enum Until {
    /// All up to this position.
    Position(Position),
    /// All in front of this one.
    Index(SessionIndex),
}

impl Until {
    fn is_behind(self, event: &RecordedEvent) -> bool {
        match self {
            Self::Position(position) => event.position > position,
            Self::Index(index) => event.session_index >= index,
        }
    }

    fn is_at_or_behind(self, state: &State) -> bool {
        match self {
            Self::Position(position) => state.place.position <= position,
            Self::Index(index) => state.place.next <= index,
        }
    }
}

impl Default for History {
    fn default() -> Self {
        Self(Mutex::new(Marks { spacing: FIRST_SPACING, states: Vec::new(), tried_to_fill: false }))
    }
}

impl History {
    /// The marks, for one reader at a time.
    pub(super) async fn marks(&self) -> tokio::sync::MutexGuard<'_, Marks> {
        self.0.lock().await
    }

    /// The state at `until`.
    pub(super) async fn state(&self, source: &Source, until: Until) -> Result<State, SeatError> {
        self.0.lock().await.state(source, until).await
    }

    /// Remembers `state`, if nobody reads just now and it is worth it.
    pub(super) fn offer(&self, state: &State) {
        if let Ok(mut marks) = self.0.try_lock() {
            marks.offer(state);
        }
    }
}

impl Marks {
    /// The state at `until`.
    pub(super) async fn state(&mut self, source: &Source, until: Until) -> Result<State, SeatError> {
        let nearest = self.states.iter().rev().find(|mark| until.is_at_or_behind(mark));
        let mut state = nearest.cloned().unwrap_or_default();
        loop {
            let events = source.events(state.place.next, PAGE).await?;
            for event in &events {
                if until.is_behind(event) {
                    return Ok(state);
                }
                state.pass(event).map_err(Trouble::settle)?;
                self.offer(&state);
            }
            if events.len() < PAGE {
                return Ok(state);
            }
        }
    }

    fn offer(&mut self, state: &State) {
        let at = |state: &State| state.place.next.get();
        let place = self.states.partition_point(|mark| at(mark) <= at(state));
        let before = place.checked_sub(1).map_or(0, |before| at(&self.states[before]));
        let is_far_enough = at(state) >= before + self.spacing;
        if is_far_enough && self.states.get(place).is_none_or(|next| at(next) >= at(state) + self.spacing) {
            self.states.insert(place, state.clone());
            self.thin();
        }
    }

    fn thin(&mut self) {
        if self.states.len() > MOST_MARKS {
            self.spacing *= 2;
            let mut number = 0_usize;
            self.states.retain(|_| {
                number += 1;
                number.is_multiple_of(2)
            });
        }
    }
}

//! What the keeper of a room and those who sit in it share.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use acta_application::clock::Clock;
use acta_application::log::{Position, SessionIndex};
use acta_domain::{PersonId, Timestamp};
use tokio::sync::watch;

use super::budget::Budget;
use super::history::History;
use super::ring::{Entry, Found, Ring};
use super::source::Source;
use super::state::{Place, State};
use super::trouble::{SeatError, Trouble};
use super::writer::Writer;
use crate::frame::Frame;
use crate::message::snapshot::{self, OpenedParts};

/// For so many microseconds a snapshot is given again, so that a crowd that enters at once shares one. It names the time.
const SNAPSHOT_LASTS: i64 = 100_000;

/// How far a room has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// It is being read.
    Opening,
    /// It shows all events in front of this one.
    Open(SessionIndex),
    /// It shows nothing more.
    Over(SeatError),
}

/// A room.
pub(super) struct Room {
    pub(super) source: Source,
    pub(super) writer: Writer,
    pub(super) history: History,
    clock: Arc<dyn Clock>,
    stage: watch::Sender<Stage>,
    /// Never held across an await.
    shown: Mutex<Shown>,
    /// Held while a snapshot is written, so that it is written once.
    snapshot: tokio::sync::Mutex<Option<Snapshot>>,
}

struct Shown {
    state: State,
    ring: Ring,
    /// Who was erased while the room was open: their words must not come into the ring any more.
    erased: BTreeSet<PersonId>,
}

struct Snapshot {
    position: Position,
    made_at: Timestamp,
    /// How many people had been erased by then.
    erased: usize,
    frame: Arc<Frame>,
}

impl Room {
    pub(super) fn new(source: Source, writer: Writer, clock: Arc<dyn Clock>, budget: Arc<Budget>) -> Self {
        let ring = Ring::at(Place::default(), budget);
        Self {
            source,
            writer,
            history: History::default(),
            clock,
            stage: watch::Sender::new(Stage::Opening),
            shown: Mutex::new(Shown { state: State::default(), ring, erased: BTreeSet::new() }),
            snapshot: tokio::sync::Mutex::new(None),
        }
    }

    /// How far the room has come, and whether somebody wants to know.
    pub(super) const fn stage(&self) -> &watch::Sender<Stage> {
        &self.stage
    }

    /// What the session has come to, as far as the room shows it.
    pub(super) fn state(&self) -> State {
        self.shown().state.clone()
    }

    /// Whether `person` has the floor.
    pub(super) fn is_speaking(&self, person: PersonId) -> bool {
        self.shown().state.is_speaking(person)
    }

    /// The place in front of the first frame of the ring.
    pub(super) fn base(&self) -> Place {
        self.shown().ring.base()
    }

    /// Begins to show, from `state` on.
    pub(super) fn open(&self, state: State, budget: Arc<Budget>) {
        let next = state.place.next;
        let mut shown = self.shown();
        shown.ring = Ring::at(state.place, budget);
        shown.state = state;
        drop(shown);
        self.stage.send_replace(Stage::Open(next));
    }

    /// Shows more: `entries`, after which the session is at `state`.
    pub(super) fn publish(&self, state: State, entries: Vec<Entry>) {
        let next = state.place.next;
        let mut shown = self.shown();
        let entries = shown.without_erased(entries);
        shown.ring.extend(entries);
        shown.state = state;
        drop(shown);
        self.stage.send_replace(Stage::Open(next));
    }

    /// Puts what stands in front of the ring into it: `entries`, from `from` to `base`.
    pub(super) fn fill(&self, from: Place, base: Place, entries: Vec<Entry>) {
        let mut shown = self.shown();
        if shown.ring.base() == base {
            let entries = shown.without_erased(entries);
            shown.ring.prepend(from, entries);
        }
    }

    /// Shows nothing more.
    pub(super) fn close(&self, why: SeatError) {
        self.stage.send_replace(Stage::Over(why));
    }

    /// At most `most` frames from the event at `next` on, without those up to `after`.
    pub(super) fn read(&self, next: SessionIndex, after: Position, most: usize) -> Found {
        self.shown().ring.read(next, after, most)
    }

    /// The place behind all events up to `position`, if the ring reaches back that far.
    pub(super) fn place_of(&self, position: Position) -> Option<Place> {
        self.shown().ring.place_of(position)
    }

    /// Takes the words of `person`, who was erased, out of everything that is shown.
    pub(super) fn forget(&self, person: PersonId) {
        let mut shown = self.shown();
        shown.erased.insert(person);
        shown.ring.shut(person);
    }

    /// The frames of `entries`, without the words of those who were erased.
    pub(super) fn frames(&self, entries: Vec<Entry>) -> Vec<Arc<Frame>> {
        let entries = self.shown().without_erased(entries);
        entries.into_iter().map(|entry| entry.frame).collect()
    }

    /// The message that tells of all that is at `state`.
    pub(super) async fn snapshot(&self, state: &State) -> Result<Arc<Frame>, SeatError> {
        let mut kept = self.snapshot.lock().await;
        let (position, now) = (state.place.position, self.clock.now());
        let erased = self.shown().erased.len();
        if let Some(kept) = &*kept
            && kept.position == position
            && kept.erased == erased
            && (0..SNAPSHOT_LASTS).contains(&(now.as_micros() - kept.made_at.as_micros()))
        {
            return Ok(Arc::clone(&kept.frame));
        }
        let mut opened = OpenedParts::default();
        for part in snapshot::parts(state) {
            if let Some(words) = self.writer.open(part).await? {
                opened.add(part, words);
            }
        }
        let frame = snapshot::frame(state, &opened, now).map_err(|error| Trouble::from(error).settle())?;
        let frame = Arc::new(frame);
        *kept = Some(Snapshot { position, made_at: now, erased, frame: Arc::clone(&frame) });
        Ok(frame)
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shown {
    fn without_erased(&self, mut entries: Vec<Entry>) -> Vec<Entry> {
        if !self.erased.is_empty() {
            for entry in &mut entries {
                if entry.subject.is_some_and(|person| self.erased.contains(&person)) {
                    entry.frame = Arc::new(entry.frame.shut());
                }
            }
        }
        entries
    }
}

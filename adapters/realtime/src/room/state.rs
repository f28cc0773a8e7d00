//! What a session has come to.

use std::sync::Arc;

use acta_application::log::{Position, RecordedEvent, SessionIndex};
use acta_domain::{AnyEvent, PersonId};
use acta_projections::floor::{Floor, FloorView};
use acta_projections::sessions::{SessionView, Sessions};
use acta_projections::{Poison, Projection as _};

use super::trouble::Trouble;

/// A place between two events of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Place {
    /// The last event in front of it; `0` in front of the first one.
    pub(crate) position: Position,
    /// The event behind it.
    pub(crate) next: SessionIndex,
}

impl Place {
    /// The place behind `event`.
    pub(crate) fn behind(event: &RecordedEvent) -> Self {
        Self { position: event.position, next: event.session_index.next() }
    }
}

/// A session after its events up to a place, as far as messages tell of it. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    /// The events that are folded in.
    pub(crate) place: Place,
    /// The session itself; none in front of its first event.
    pub(crate) session: Option<Arc<SessionView>>,
    /// Its floor.
    pub(crate) floor: Arc<FloorView>,
    /// Up to where the two hold what follows `place` already.
    ahead: Ahead,
}

/// How far read models reached when a state was made of them.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Ahead {
    /// That of the session.
    pub(super) session: Position,
    /// That of the floor.
    pub(super) floor: Position,
}

impl State {
    /// The state at `place`, made of read models that reach at least that far.
    pub(super) fn of_views(
        place: Place,
        session: Option<SessionView>,
        floor: FloorView,
        ahead: Ahead,
    ) -> Self {
        Self { place, session: session.map(Arc::new), floor: Arc::new(floor), ahead }
    }

    /// Whether `person` has the floor.
    pub(crate) fn is_speaking(&self, person: PersonId) -> bool {
        self.floor.turns.iter().any(|turn| turn.request.person_id == person)
    }

    /// Folds the next event in, decoded if that matters.
    pub(super) fn pass(&mut self, event: &RecordedEvent) -> Result<(), Trouble> {
        let aggregate = event.stream.aggregate_type.as_str();
        if Sessions::concerns(aggregate) || Floor::concerns(aggregate) {
            self.fold(event, &event.decode()?)?;
        }
        self.place = Place::behind(event);
        Ok(())
    }

    /// Folds the next event in.
    pub(super) fn fold(&mut self, event: &RecordedEvent, decoded: &AnyEvent) -> Result<(), Trouble> {
        self.follow(event, decoded).map_err(|poison| event.unreadable(poison))?;
        self.place = Place::behind(event);
        Ok(())
    }

    fn follow(&mut self, event: &RecordedEvent, decoded: &AnyEvent) -> Result<(), Poison> {
        match decoded {
            AnyEvent::Session(_) if event.position > self.ahead.session => {
                let view = self.session.take().map(Arc::unwrap_or_clone);
                self.session = Some(Arc::new(Sessions::fold(view, event, decoded)?));
            }
            AnyEvent::Floor(_) if event.position > self.ahead.floor => {
                let view = std::mem::take(&mut self.floor);
                self.floor = Arc::new(Floor::fold(Some(Arc::unwrap_or_clone(view)), event, decoded)?);
            }
            _ => {}
        }
        Ok(())
    }
}

//! How a room begins: with the read models, and the events that they do not hold yet.

use acta_application::log::{Position, RecordedEvent, SessionIndex};
use acta_projections::{floor, sessions};

use super::source::Source;
use super::state::{Ahead, Place, State};
use super::trouble::{SeatError, Trouble, patiently};

/// How many events are folded at a time.
const PAGE: usize = 512;

/// What the session has come to by now.
pub(super) async fn present_state(source: &Source) -> Result<State, SeatError> {
    let mut state = patiently(|| of_views(source)).await?;
    loop {
        let events = source.events(state.place.next, PAGE).await?;
        for event in &events {
            state.pass(event).map_err(Trouble::settle)?;
        }
        if events.len() < PAGE {
            return Ok(state);
        }
    }
}

/// The state that the read models hold, at the place of the one that is further back.
async fn of_views(source: &Source) -> Result<State, Trouble> {
    let (session, reached) = sessions::session(&*source.views, source.tenant, source.session).await?;
    let of_session = session.as_ref().map_or(reached, |view| view.position.max(reached));
    let (floor, reached) = floor::floor(&*source.views, source.tenant, source.session).await?;
    let of_floor = floor.position.max(reached);
    let place = place_behind(source, of_session.min(of_floor)).await?;
    Ok(State::of_views(place, session, floor, Ahead { session: of_session, floor: of_floor }))
}

/// The place behind all events of the session up to `position`. Read models are seldom far behind, so it looks at the end first.
async fn place_behind(source: &Source, position: Position) -> Result<Place, Trouble> {
    let (mut low, mut high) = (0, source.log.session_size(source.tenant, source.session).await?);
    let mut place = Place::default();
    let mut step = 1;
    while low < high {
        let middle = high.saturating_sub(step).max(low + (high - low - 1) / 2);
        let event = event_at(source, SessionIndex::new(middle)).await?;
        if event.position <= position {
            place = Place::behind(&event);
            low = middle + 1;
        } else {
            high = middle;
            step *= 2;
        }
    }
    Ok(place)
}

async fn event_at(source: &Source, index: SessionIndex) -> Result<RecordedEvent, Trouble> {
    let events = source.log.session(source.tenant, source.session, index, 1).await?;
    events.into_iter().next().ok_or(Trouble::Missing { index })
}

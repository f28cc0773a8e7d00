//! Events become frames: the only place where that happens, for what is new and for what is old.

use std::sync::Arc;

use acta_application::log::RecordedEvent;
use acta_application::persons::{PersonalPart, Persons, Subject};
use acta_domain::{PersonId, SessionId, TenantId};
use acta_projections::StoredPart;
use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::ring::Entry;
use super::state::State;
use super::trouble::{SeatError, Trouble, patiently};
use crate::message;

/// How many personal parts are opened at the same time.
const OPENED_AT_ONCE: usize = 16;

/// Writes the frames of one session.
pub(super) struct Writer {
    pub(super) persons: Persons,
    pub(super) tenant: TenantId,
    pub(super) session: SessionId,
}

impl Writer {
    /// The frames of `events`, which follow on `state`, and the state after them.
    pub(super) async fn write(
        &self,
        mut state: State,
        events: &[RecordedEvent],
    ) -> Result<(State, Vec<Entry>), SeatError> {
        let opening: Vec<_> = events.iter().map(|event| self.words(event)).collect();
        let parts: Vec<_> = stream::iter(opening).buffered(OPENED_AT_ONCE).try_collect().await?;
        let mut entries = Vec::with_capacity(events.len());
        for (event, part) in events.iter().zip(parts) {
            let entry = entry(&mut state, event, part.as_ref()).map_err(Trouble::settle)?;
            entries.push(entry);
        }
        Ok((state, entries))
    }

    /// Opens the personal part of `event`; none if there is none, or nobody can open it any more.
    async fn words(&self, event: &RecordedEvent) -> Result<Option<PersonalPart>, SeatError> {
        let Some(part) = &event.sealed else { return Ok(None) };
        patiently(|| async { Ok(self.persons.open(self.tenant, self.session, part).await?) }).await
    }

    /// Opens `part`; none if nobody can any more.
    pub(super) async fn open(&self, part: &StoredPart) -> Result<Option<PersonalPart>, SeatError> {
        patiently(|| async { Ok(self.persons.open(self.tenant, self.session, &part.0).await?) }).await
    }
}

/// The frame of the next event, which is folded into `state`.
fn entry(state: &mut State, event: &RecordedEvent, part: Option<&PersonalPart>) -> Result<Entry, Trouble> {
    let decoded = event.decode()?;
    state.fold(event, &decoded)?;
    let frame = message::of_event(event, &decoded, state, part)?;
    Ok(Entry { frame: Arc::new(frame), subject: subject(event) })
}

/// The person whose key opens the words of `event`.
fn subject(event: &RecordedEvent) -> Option<PersonId> {
    match event.sealed.as_ref()?.subject.parse().ok()? {
        Subject::Person(person) => Some(person),
        Subject::Session => None,
    }
}

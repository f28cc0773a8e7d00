//! A look at all that is, for those who enter.

use std::collections::HashMap;

use acta_application::persons::{PersonalPart, StoredPart};
use acta_domain::{Modality, Schedule, SessionStatus, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use super::Untold;
use super::words::Words;
use crate::frame::Frame;
use crate::room::State;

mod floor;

use floor::FloorState;

pub(super) const NAME: &str = "session_state";

/// All that a session is at a position: what somebody who enters begins with.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SessionState<'a> {
    /// Everything up to here is in it.
    position: u64,
    /// `true`: all there is.
    snapshot: bool,
    /// Where it is in its life.
    status: SessionStatus,
    /// Whether its record is sealed: nothing can be added any more.
    sealed: bool,
    /// What it is called; null to readers who may not see it.
    title: Option<&'a str>,
    /// Whether there is a title that the reader does not see.
    title_sealed: bool,
    /// Where it takes place.
    modality: Modality,
    /// When it is planned.
    schedule: Schedule,
    /// When it started.
    #[serde(skip_serializing_if = "Option::is_none")]
    started_at: Option<Timestamp>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<Timestamp>,
    /// When it was cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    cancelled_at: Option<Timestamp>,
    /// When its record was sealed.
    #[serde(skip_serializing_if = "Option::is_none")]
    sealed_at: Option<Timestamp>,
    /// Its floor.
    floor: FloorState<'a>,
    /// The time by the service's clock when this was written: what moments in messages are to be compared with.
    server_time: Timestamp,
}

/// The personal parts that a snapshot shows, opened, by the nonce that each was sealed with.
#[derive(Debug, Default)]
pub(crate) struct OpenedParts(HashMap<[u8; 12], PersonalPart>);

impl OpenedParts {
    /// Adds `part`, which says `words`.
    pub(crate) fn add(&mut self, part: &StoredPart, words: PersonalPart) {
        self.0.insert(part.0.nonce, words);
    }

    /// What a reader sees of `part`.
    fn words<'a>(&'a self, part: Option<&StoredPart>, may_read: bool) -> Words<'a> {
        let Some(part) = part else { return Words::None };
        let opened = self.0.get(&part.0.nonce).filter(|_| may_read);
        opened.map_or(Words::Shut, Words::Open)
    }
}

/// The personal parts that a snapshot shows.
pub(crate) fn parts(state: &State) -> impl Iterator<Item = &StoredPart> {
    let title = state.session.as_ref().and_then(|session| session.title.as_ref());
    let turns = state.floor.turns.iter().map(|turn| &turn.request);
    let topics = turns.chain(&state.floor.queue).filter_map(|request| request.topic.as_ref());
    title.into_iter().chain(topics)
}

/// The snapshot of `state`, written at `now`.
pub(crate) fn frame(state: &State, opened: &OpenedParts, now: Timestamp) -> Result<Frame, Untold> {
    let shut = data(state, opened, false, now)?;
    let frame = Frame::new(state.place.position, NAME, None, &shut)?;
    Ok(frame.with_opened(&data(state, opened, true, now)?)?)
}

fn data<'a>(
    state: &'a State,
    opened: &'a OpenedParts,
    may_read: bool,
    now: Timestamp,
) -> Result<SessionState<'a>, Untold> {
    let session = state.session.as_ref().ok_or(Untold::Unknown)?;
    let title = opened.words(session.title.as_ref(), may_read);
    Ok(SessionState {
        position: state.place.position.get(),
        snapshot: true,
        status: session.status,
        sealed: session.sealed,
        title: title.text("title"),
        title_sealed: title.is_sealed(),
        modality: session.modality,
        schedule: session.schedule,
        started_at: session.started_at,
        ended_at: session.ended_at,
        cancelled_at: session.cancelled_at,
        sealed_at: session.sealed_at,
        floor: FloorState::of(&state.floor, opened, may_read),
        server_time: now,
    })
}

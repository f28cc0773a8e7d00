//! The rules of the floor.
//!
//! A request is pending, then has its turn, or is gone: withdrawn, denied, finished. A person has at most one open
//! request of a kind and at most one turn. Only open requests are remembered, so the state stays as small as the room.

use std::collections::{BTreeMap, BTreeSet};

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use crate::ids::{PersonId, SpeechRequestId};
use crate::values::{ConcurrentTurns, FinishedBy, Priority, SpeechKind, TimeLimit, Timestamp};

use super::{FloorCommand, FloorError, FloorEvent, PendingRequest, WithdrawnBy, queue_order};

/// The floor of a session, as far as its decisions need to remember it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Floor {
    open: BTreeMap<SpeechRequestId, OpenRequest>,
    muted: BTreeSet<PersonId>,
    /// How many requests there ever were; gives each its place in the order of arrival.
    arrivals: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct OpenRequest {
    person_id: PersonId,
    kind: SpeechKind,
    priority: Priority,
    arrival: u64,
    speaking: Option<Speaking>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Speaking {
    since: Timestamp,
    time_limit: Option<TimeLimit>,
}

/// A turn that goes on now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// The request that was approved.
    pub request_id: SpeechRequestId,
    /// Who speaks.
    pub person_id: PersonId,
    /// What for.
    pub kind: SpeechKind,
    /// When the turn began.
    pub since: Timestamp,
    /// When its time is up, if it has a limit.
    pub until: Option<Timestamp>,
}

impl Floor {
    /// The turns that go on now, in the order of their request ids.
    pub fn turns(&self) -> impl Iterator<Item = Turn> {
        self.open.iter().filter_map(|(request_id, request)| request.turn(*request_id))
    }

    /// The requests that wait, in the order of their ids.
    pub fn pending(&self) -> impl Iterator<Item = PendingRequest> {
        self.open.iter().filter_map(|(request_id, request)| request.pending(*request_id))
    }

    /// The requests that wait, in the order in which they are to be called.
    pub fn queue(&self) -> Vec<SpeechRequestId> {
        queue_order(&self.pending().collect::<Vec<_>>())
    }

    /// The person's requests that wait or have the floor.
    pub fn open_requests_of(&self, person_id: PersonId) -> impl Iterator<Item = SpeechRequestId> {
        self.open
            .iter()
            .filter(move |(_, request)| request.person_id == person_id)
            .map(|(request_id, _)| *request_id)
    }

    /// Who made an open request.
    pub fn requester(&self, request_id: SpeechRequestId) -> Option<PersonId> {
        self.open.get(&request_id).map(|request| request.person_id)
    }

    /// Whether the person has the floor now.
    pub fn is_speaking(&self, person_id: PersonId) -> bool {
        self.turns().any(|turn| turn.person_id == person_id)
    }

    /// Whether the person is muted now.
    pub fn is_muted(&self, person_id: PersonId) -> bool {
        self.muted.contains(&person_id)
    }

    /// Decides a command.
    ///
    /// # Errors
    ///
    /// [`FloorError`] when the rules refuse it; nothing happened then.
    pub fn decide(&self, command: FloorCommand) -> Result<Vec<FloorEvent>, FloorError> {
        let event = match command {
            FloorCommand::Request { request_id, person_id, kind, priority, present, at } => {
                self.must_be_able_to_ask(request_id, person_id, kind, present)?;
                FloorEvent::Requested { request_id, person_id, kind, priority, at }
            }
            FloorCommand::Withdraw { request_id, by, at } => {
                let person_id = self.must_be_withdrawable(request_id, by)?;
                FloorEvent::Withdrawn { request_id, person_id, at }
            }
            FloorCommand::Approve { request_id, time_limit, concurrent_turns, at } => {
                let person_id = self.must_be_approvable(request_id, concurrent_turns)?;
                let time_limit_seconds = time_limit;
                FloorEvent::Approved { request_id, person_id, time_limit_seconds, at }
            }
            FloorCommand::Deny { request_id, at } => {
                let person_id = self.must_be_pending(request_id)?.person_id;
                FloorEvent::Denied { request_id, person_id, at }
            }
            FloorCommand::Finish { request_id, by, at } => {
                let person_id = self.must_be_finishable(request_id, by, at)?;
                FloorEvent::Finished { request_id, person_id, by, at }
            }
            FloorCommand::Mute { person_id, at } => self.mute(person_id, at)?,
            FloorCommand::Unmute { person_id, at } => self.unmute(person_id, at)?,
        };
        Ok(vec![event])
    }

    fn must_be_able_to_ask(
        &self,
        request_id: SpeechRequestId,
        person_id: PersonId,
        kind: SpeechKind,
        present: bool,
    ) -> Result<(), FloorError> {
        if !present {
            return Err(FloorError::NotPresent);
        }
        if self.open.contains_key(&request_id) {
            return Err(FloorError::RequestIdTaken { request_id });
        }
        let same = |request: &OpenRequest| request.person_id == person_id && request.kind == kind;
        match self.open.iter().find(|(_, request)| same(request)) {
            Some((open, _)) => Err(FloorError::AlreadyRequested { kind, request_id: *open }),
            None => Ok(()),
        }
    }

    fn must_be_withdrawable(
        &self,
        request_id: SpeechRequestId,
        by: WithdrawnBy,
    ) -> Result<PersonId, FloorError> {
        let requester = self.must_be_pending(request_id)?.person_id;
        match by {
            WithdrawnBy::Person(person_id) if person_id != requester => Err(FloorError::NotTheRequester),
            WithdrawnBy::Person(_) | WithdrawnBy::Chair => Ok(requester),
        }
    }

    fn must_be_approvable(
        &self,
        request_id: SpeechRequestId,
        concurrent_turns: ConcurrentTurns,
    ) -> Result<PersonId, FloorError> {
        let person_id = self.must_be_pending(request_id)?.person_id;
        if self.is_muted(person_id) {
            return Err(FloorError::Muted);
        }
        if self.is_speaking(person_id) {
            return Err(FloorError::AlreadySpeaking);
        }
        if self.turns().count() >= usize::from(concurrent_turns.get()) {
            return Err(FloorError::FloorTaken { concurrent_turns });
        }
        Ok(person_id)
    }

    fn must_be_finishable(
        &self,
        request_id: SpeechRequestId,
        by: FinishedBy,
        at: Timestamp,
    ) -> Result<PersonId, FloorError> {
        let turn =
            self.must_be_open(request_id)?.turn(request_id).ok_or(FloorError::NotSpeaking { request_id })?;
        match (by, turn.until) {
            (FinishedBy::Clock, None) => Err(FloorError::NoTimeLimit),
            (FinishedBy::Clock, Some(until)) if at < until => Err(FloorError::TimeNotUp { until }),
            _ => Ok(turn.person_id),
        }
    }

    fn mute(&self, person_id: PersonId, at: Timestamp) -> Result<FloorEvent, FloorError> {
        if self.is_muted(person_id) {
            return Err(FloorError::AlreadyMuted);
        }
        Ok(FloorEvent::Muted { person_id, at })
    }

    fn unmute(&self, person_id: PersonId, at: Timestamp) -> Result<FloorEvent, FloorError> {
        if !self.is_muted(person_id) {
            return Err(FloorError::NotMuted);
        }
        Ok(FloorEvent::Unmuted { person_id, at })
    }

    fn must_be_open(&self, request_id: SpeechRequestId) -> Result<&OpenRequest, FloorError> {
        self.open.get(&request_id).ok_or(FloorError::NoSuchRequest { request_id })
    }

    fn must_be_pending(&self, request_id: SpeechRequestId) -> Result<&OpenRequest, FloorError> {
        let request = self.must_be_open(request_id)?;
        if request.speaking.is_some() {
            return Err(FloorError::NotPending { request_id });
        }
        Ok(request)
    }

    fn arrive(
        &mut self,
        request_id: SpeechRequestId,
        person_id: PersonId,
        kind: SpeechKind,
        priority: Priority,
    ) {
        self.arrivals = self.arrivals.saturating_add(1);
        let request = OpenRequest { person_id, kind, priority, arrival: self.arrivals, speaking: None };
        self.open.insert(request_id, request);
    }
}

impl OpenRequest {
    fn turn(&self, request_id: SpeechRequestId) -> Option<Turn> {
        let Speaking { since, time_limit } = self.speaking?;
        let until = time_limit.map(|time_limit| since.plus(time_limit));
        Some(Turn { request_id, person_id: self.person_id, kind: self.kind, since, until })
    }

    fn pending(&self, request_id: SpeechRequestId) -> Option<PendingRequest> {
        let &Self { kind, priority, arrival, .. } = self;
        self.speaking.is_none().then_some(PendingRequest { request_id, kind, priority, arrival })
    }
}

impl Aggregate for Floor {
    const TYPE: &'static str = "floor";
    type Command = FloorCommand;
    type Event = FloorEvent;
    type Error = FloorError;
    type Services = ();

    async fn handle(
        &mut self,
        command: Self::Command,
        _services: &Self::Services,
        sink: &EventSink<Self>,
    ) -> Result<(), Self::Error> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: Self::Event) {
        match event {
            FloorEvent::Requested { request_id, person_id, kind, priority, at: _ } => {
                self.arrive(request_id, person_id, kind, priority);
            }
            FloorEvent::Approved { request_id, time_limit_seconds, at, .. } => {
                if let Some(request) = self.open.get_mut(&request_id) {
                    request.speaking = Some(Speaking { since: at, time_limit: time_limit_seconds });
                }
            }
            FloorEvent::Withdrawn { request_id, .. }
            | FloorEvent::Denied { request_id, .. }
            | FloorEvent::Finished { request_id, .. } => {
                self.open.remove(&request_id);
            }
            FloorEvent::Muted { person_id, .. } => {
                self.muted.insert(person_id);
            }
            FloorEvent::Unmuted { person_id, .. } => {
                self.muted.remove(&person_id);
            }
        }
    }
}

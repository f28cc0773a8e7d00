//! What is remembered of the floor.
//!
//! A request is pending, then has its turn, or is gone: withdrawn, denied, finished. A person has at most one open
//! request of a kind and at most one turn. Only open requests are remembered, and a time account for each who spoke, so
//! the state stays as small as the room.

use std::collections::{BTreeMap, BTreeSet};

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use crate::ids::{PersonId, SpeechRequestId};
use crate::values::{Priority, SpeechKind, Timestamp};

use super::accounts::Accounts;
use super::{FloorCommand, FloorError, FloorEvent, FloorRules, PendingRequest, TimeAccount, TurnClock};

/// The floor of a session, as far as its decisions need to remember it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Floor {
    pub(super) open: BTreeMap<SpeechRequestId, OpenRequest>,
    muted: BTreeSet<PersonId>,
    /// How many requests there ever were; gives each its place in the order of arrival.
    arrivals: u64,
    /// Needed when a snapshot is read: one that was kept before there were rules knows nothing of the time spoken.
    pub(super) rules: FloorRules,
    pub(super) accounts: Accounts,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct OpenRequest {
    pub(super) person_id: PersonId,
    kind: SpeechKind,
    priority: Priority,
    arrival: u64,
    pub(super) speaking: Option<Speaking>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Speaking {
    since: Timestamp,
    pub(super) clock: TurnClock,
    pub(super) warned: bool,
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
    /// When its time is up, if it has a limit and is not paused.
    pub until: Option<Timestamp>,
    /// Whether it is paused.
    pub paused: bool,
    /// Whether it was warned.
    pub warned: bool,
}

impl Floor {
    /// The turns that go on now, in the order of their request ids.
    pub fn turns(&self) -> impl Iterator<Item = Turn> {
        self.open.iter().filter_map(|(request_id, request)| request.turn(*request_id))
    }

    /// The requests that wait, in the order of their ids.
    pub fn pending(&self) -> impl Iterator<Item = PendingRequest> {
        let waiting = self.open.iter().filter(|(_, request)| request.speaking.is_none());
        waiting.map(|(request_id, request)| self.pending_request(*request_id, request))
    }

    /// The requests that wait, in the order in which they are to be called by the rules in force.
    pub fn queue(&self) -> Vec<SpeechRequestId> {
        self.rules.queue_policy.order(&self.pending().collect::<Vec<_>>())
    }

    /// The rules in force.
    pub const fn rules(&self) -> FloorRules {
        self.rules
    }

    /// How long was spoken from a time account in turns that are over, in milliseconds.
    pub fn spent_ms(&self, account: &TimeAccount) -> u64 {
        self.accounts.spent_ms(account)
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

    /// The first request in the queue that could be given a turn now: nobody muted, nobody who speaks already.
    pub(super) fn first_callable(&self) -> Option<SpeechRequestId> {
        let can_speak = |person_id| !self.is_muted(person_id) && !self.is_speaking(person_id);
        self.queue().into_iter().find(|request_id| self.requester(*request_id).is_some_and(can_speak))
    }

    fn pending_request(&self, request_id: SpeechRequestId, request: &OpenRequest) -> PendingRequest {
        let &OpenRequest { person_id, kind, priority, arrival, .. } = request;
        PendingRequest {
            request_id,
            kind,
            priority,
            arrival,
            side_spoke_ms: self.accounts.side_spent_ms(person_id),
            person_spoke_ms: self.accounts.spent_ms(&TimeAccount::Person(person_id)),
        }
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

    fn finish(&mut self, request_id: SpeechRequestId, at: Timestamp) {
        let over = self.open.remove(&request_id);
        if let Some(OpenRequest { person_id, speaking: Some(speaking), .. }) = over {
            self.accounts.spend(person_id, speaking.clock.spoke_ms(at));
        }
    }

    fn change_turn(&mut self, request_id: SpeechRequestId, change: impl FnOnce(&mut Speaking)) {
        if let Some(speaking) = self.open.get_mut(&request_id).and_then(|request| request.speaking.as_mut()) {
            change(speaking);
        }
    }
}

impl OpenRequest {
    pub(super) fn is(&self, person_id: PersonId, kind: SpeechKind) -> bool {
        self.person_id == person_id && self.kind == kind
    }

    fn turn(&self, request_id: SpeechRequestId) -> Option<Turn> {
        let Speaking { since, clock, warned } = self.speaking?;
        let (until, paused) = (clock.ends_at(), clock.is_paused());
        Some(Turn { request_id, person_id: self.person_id, kind: self.kind, since, until, paused, warned })
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
                    let clock = TurnClock::start(at, time_limit_seconds);
                    request.speaking = Some(Speaking { since: at, clock, warned: false });
                }
            }
            FloorEvent::Withdrawn { request_id, .. } | FloorEvent::Denied { request_id, .. } => {
                self.open.remove(&request_id);
            }
            FloorEvent::Finished { request_id, at, .. } => self.finish(request_id, at),
            FloorEvent::Muted { person_id, .. } => {
                self.muted.insert(person_id);
            }
            FloorEvent::Unmuted { person_id, .. } => {
                self.muted.remove(&person_id);
            }
            FloorEvent::RulesSet { queue_policy, warning_seconds, .. } => {
                self.rules = FloorRules { queue_policy, warning_seconds };
            }
            FloorEvent::GroupAssigned { person_id, group, .. } => self.accounts.assign(person_id, group),
            FloorEvent::TimeAccountSet { account, limit_seconds, .. } => {
                self.accounts.set(account, limit_seconds);
            }
            FloorEvent::Warned { request_id, .. } => self.change_turn(request_id, |turn| turn.warned = true),
            FloorEvent::Paused { request_id, at, .. } => {
                self.change_turn(request_id, |turn| turn.clock.pause(at));
            }
            FloorEvent::Resumed { request_id, at, .. } => {
                self.change_turn(request_id, |turn| turn.clock.resume(at));
            }
            // It explains the approval before it, which changed everything that there was to change.
            FloorEvent::Overridden { .. } => {}
        }
    }
}

//! Which deadlines are open in a session: a pure fold over its events.

use std::collections::BTreeMap;
use std::fmt;

use acta_domain::{AnyEvent, FloorEvent, FloorRules, SessionEvent, SpeechRequestId, Timestamp};
use serde::{Deserialize, Serialize};

use super::SealAfter;
use super::turn::RunningTurn;
use crate::log::{Position, RecordedEvent, UnreadableEvent};

/// What falls due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    /// The speaker of a request is warned.
    Warn(SpeechRequestId),
    /// The turn of a request ends.
    EndTurn(SpeechRequestId),
    /// The record is sealed.
    Seal,
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Warn(request) => write!(f, "warn/{request}"),
            Self::EndTurn(request) => write!(f, "turn/{request}"),
            Self::Seal => f.write_str("seal"),
        }
    }
}

/// When, and because of which event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Due {
    pub(super) at: Timestamp,
    pub(super) cause: Position,
}

/// The open deadlines of one session.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SessionDeadlines {
    turns: BTreeMap<SpeechRequestId, RunningTurn>,
    seal: Option<Due>,
    /// The rules of the floor; the usual ones in a row that was kept before there were others.
    #[serde(default)]
    rules: FloorRules,
}

/// Whether an event can open or close a deadline.
pub(super) fn concerns(event: &RecordedEvent) -> bool {
    matches!(
        event.event_type.as_str(),
        "speech.approved.v1"
            | "speech.finished.v1"
            | "turn.warned.v1"
            | "turn.paused.v1"
            | "turn.resumed.v1"
            | "floor.rules-set.v1"
            | "session.ended.v1"
            | "session.cancelled.v1"
            | "session.sealed.v1"
    )
}

impl SessionDeadlines {
    /// What is open, in no particular order.
    pub(super) fn open(&self) -> impl Iterator<Item = (What, Due)> + '_ {
        let turns = self.turns.iter().flat_map(|(request, turn)| {
            let warning = turn.warning(self.rules).map(|due| (What::Warn(*request), due));
            warning.into_iter().chain(turn.end().map(|due| (What::EndTurn(*request), due)))
        });
        turns.chain(self.seal.map(|due| (What::Seal, due)))
    }

    pub(super) fn apply(
        &mut self,
        event: &RecordedEvent,
        seal_after: SealAfter,
    ) -> Result<(), UnreadableEvent> {
        let cause = event.position;
        match event.decode()? {
            AnyEvent::Floor(event) => self.apply_to_turns(&event, cause),
            AnyEvent::Session(event) => self.apply_to_seal(&event, cause, seal_after),
            AnyEvent::Attendance(_)
            | AnyEvent::Presence(_)
            | AnyEvent::Transcript(_)
            | AnyEvent::User(_)
            | AnyEvent::Role(_)
            | AnyEvent::Client(_)
            | AnyEvent::SignIn(_)
            | AnyEvent::Access(_) => {}
        }
        Ok(())
    }

    fn apply_to_turns(&mut self, event: &FloorEvent, cause: Position) {
        match event {
            FloorEvent::Approved { request_id, time_limit_seconds: Some(limit), at, .. } => {
                self.turns.insert(*request_id, RunningTurn::begun(*at, *limit, cause));
            }
            FloorEvent::Finished { request_id, .. } => drop(self.turns.remove(request_id)),
            FloorEvent::Warned { request_id, .. } => self.change(*request_id, RunningTurn::warned),
            FloorEvent::Paused { request_id, at, .. } => self.change(*request_id, |turn| turn.pause(*at)),
            FloorEvent::Resumed { request_id, at, .. } => {
                self.change(*request_id, |turn| turn.resume(*at, cause));
            }
            FloorEvent::RulesSet { queue_policy, warning_seconds, .. } => {
                self.rules = FloorRules { queue_policy: *queue_policy, warning_seconds: *warning_seconds };
            }
            _ => {}
        }
    }

    /// A turn without a limit is not kept: the clock has nothing to do with it.
    fn change(&mut self, request: SpeechRequestId, change: impl FnOnce(&mut RunningTurn)) {
        if let Some(turn) = self.turns.get_mut(&request) {
            change(turn);
        }
    }

    fn apply_to_seal(&mut self, event: &SessionEvent, cause: Position, seal_after: SealAfter) {
        match event {
            SessionEvent::Ended { at } | SessionEvent::Cancelled { at } => {
                // The floor is closed with the session, so no turn is left for the clock to end.
                self.turns.clear();
                self.seal = seal_after.0.and_then(|wait| later(*at, wait)).map(|at| Due { at, cause });
            }
            SessionEvent::Sealed { .. } => *self = Self::default(),
            _ => {}
        }
    }
}

fn later(at: Timestamp, wait: std::time::Duration) -> Option<Timestamp> {
    let wait = i64::try_from(wait.as_micros()).ok()?;
    Timestamp::from_micros(at.as_micros().checked_add(wait)?).ok()
}

//! How events become the row.

use acta_application::log::RecordedEvent;
use acta_application::views::Columns;
use acta_domain::floor::TurnClock;
use acta_domain::values::{FinishedBy, TimeLimit, Timestamp};
use acta_domain::{AnyEvent, FloorEvent, SpeechRequestId};

use super::{FloorView, KEPT_PAST, Outcome, Past, QueuedRequest, Turn};
use crate::{Poison, Projection, StoredPart};

/// The id of a session's only row.
pub const ROW: &str = "floor";

/// The read model of the floor. Columns: `status` is `speaking`, `waiting` or `quiet`; `rank` is 0.
#[derive(Debug, Clone, Copy)]
pub struct Floor;

impl Projection for Floor {
    const NAME: &'static str = "floor";
    type View = FloorView;

    fn concerns(aggregate_type: &str) -> bool {
        aggregate_type == "floor"
    }

    fn row(_: &RecordedEvent, decoded: &AnyEvent) -> Option<String> {
        matches!(decoded, AnyEvent::Floor(_)).then(|| ROW.to_owned())
    }

    fn fold(view: Option<FloorView>, event: &RecordedEvent, decoded: &AnyEvent) -> Result<FloorView, Poison> {
        let AnyEvent::Floor(fact) = decoded else {
            return Err(Poison::new("not an event of the floor"));
        };
        let mut view = view.unwrap_or_default();
        match fact {
            FloorEvent::Requested { .. } => view.requested(event, fact)?,
            FloorEvent::Withdrawn { request_id, at, .. } => view.withdrawn(*request_id, *at)?,
            FloorEvent::Approved { request_id, time_limit_seconds, at, .. } => {
                view.approved(*request_id, *time_limit_seconds, *at)?;
            }
            FloorEvent::Denied { request_id, at, .. } => {
                view.denied(*request_id, StoredPart::of(event), *at)?;
            }
            FloorEvent::Finished { request_id, by, at, .. } => view.finished(*request_id, *by, *at)?,
            FloorEvent::Muted { person_id, at } => {
                view.muted.insert(*person_id, *at);
            }
            FloorEvent::Unmuted { person_id, .. } => {
                view.muted.remove(person_id);
            }
            FloorEvent::RulesSet { .. }
            | FloorEvent::GroupAssigned { .. }
            | FloorEvent::TimeAccountSet { .. } => view.set(fact),
            FloorEvent::Warned { .. }
            | FloorEvent::Paused { .. }
            | FloorEvent::Resumed { .. }
            | FloorEvent::Overridden { .. } => view.turn_changed(event, fact)?,
        }
        view.position = event.position;
        Ok(view)
    }

    fn columns(view: &FloorView) -> Columns {
        let status = match (view.turns.is_empty(), view.queue.is_empty()) {
            (false, _) => "speaking",
            (true, false) => "waiting",
            (true, true) => "quiet",
        };
        Columns { status: Some(status.to_owned()), ..Columns::default() }
    }
}

impl FloorView {
    fn requested(&mut self, event: &RecordedEvent, fact: &FloorEvent) -> Result<(), Poison> {
        let FloorEvent::Requested { request_id, person_id, kind, priority, at } = fact else {
            return Err(Poison::new("not a request for the floor"));
        };
        if self.queue.iter().any(|waiting| waiting.request_id == *request_id) {
            return Err(Poison::new("a request for the floor was made twice"));
        }
        self.queue.push(QueuedRequest {
            request_id: *request_id,
            person_id: *person_id,
            kind: *kind,
            priority: *priority,
            arrival: event.sequence,
            requested_at: *at,
            topic: StoredPart::of(event),
        });
        self.counters.requested += 1;
        self.sort_queue();
        Ok(())
    }

    fn withdrawn(&mut self, request: SpeechRequestId, at: Timestamp) -> Result<(), Poison> {
        let waiting = self.take_waiting(request)?;
        self.counters.withdrawn += 1;
        self.remember(&waiting, Outcome::Withdrawn, at);
        Ok(())
    }

    fn denied(
        &mut self,
        request: SpeechRequestId,
        reason: Option<StoredPart>,
        at: Timestamp,
    ) -> Result<(), Poison> {
        let waiting = self.take_waiting(request)?;
        self.counters.denied += 1;
        self.remember(&waiting, Outcome::Denied { reason }, at);
        Ok(())
    }

    fn approved(
        &mut self,
        request: SpeechRequestId,
        time_limit_seconds: Option<TimeLimit>,
        at: Timestamp,
    ) -> Result<(), Poison> {
        let request = self.take_waiting(request)?;
        self.turns.push(Turn {
            request,
            approved_at: at,
            time_limit_seconds,
            ends_at: TurnClock::start(at, time_limit_seconds).ends_at(),
            warned_at: None,
            paused_since: None,
            resumed_at: None,
            spoke_micros: 0,
            overridden: None,
        });
        self.counters.approved += 1;
        Ok(())
    }

    fn finished(&mut self, request: SpeechRequestId, by: FinishedBy, at: Timestamp) -> Result<(), Poison> {
        let place = self.turns.iter().position(|turn| turn.request.request_id == request);
        let place = place.ok_or_else(|| Poison::new("a turn ended that did not run"))?;
        let turn = self.turns.remove(place);
        let spoke_ms = turn.spoke_ms(at);
        self.count_speaking(turn.request.person_id, spoke_ms);
        self.counters.finished += 1;
        self.sort_queue();
        self.remember(&turn.request, Outcome::Finished { by, spoke_ms }, at);
        Ok(())
    }

    fn take_waiting(&mut self, request: SpeechRequestId) -> Result<QueuedRequest, Poison> {
        let place = self.queue.iter().position(|waiting| waiting.request_id == request);
        let place =
            place.ok_or_else(|| Poison::new("a request for the floor was decided that did not wait"))?;
        Ok(self.queue.remove(place))
    }

    fn remember(&mut self, request: &QueuedRequest, outcome: Outcome, at: Timestamp) {
        let QueuedRequest { request_id, person_id, kind, .. } = *request;
        if self.history.len() == KEPT_PAST {
            self.history.pop_front();
        }
        self.history.push_back(Past { request_id, person_id, kind, outcome, at });
    }
}

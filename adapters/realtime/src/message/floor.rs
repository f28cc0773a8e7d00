//! Who asks for the floor, who has it, and by which rules.

mod request;
mod rules;
mod turn;

use acta_domain::{FloorEvent, FloorRules, PersonId, SpeechRequestId};
use acta_projections::floor::{FloorView, Turn};
use schemars::{Schema, SchemaGenerator};

use self::request::Wish;
use super::told::Teller;
use super::{Untold, named};
use crate::frame::Frame;

/// Who waits, next first, by the ids of their requests.
type Queue = Vec<SpeechRequestId>;

/// Whose request a message is about.
#[derive(Debug, Clone, Copy)]
struct Request {
    id: SpeechRequestId,
    person: PersonId,
}

impl Request {
    const fn of(id: &SpeechRequestId, person: &PersonId) -> Self {
        Self { id: *id, person: *person }
    }

    /// The turn that it was given, which goes on.
    fn turn(self, floor: &FloorView) -> Result<&Turn, Untold> {
        floor.turns.iter().find(|turn| turn.request.request_id == self.id).ok_or(Untold::Unknown)
    }
}

fn queue(floor: &FloorView) -> Queue {
    floor.queue.iter().map(|waiting| waiting.request_id).collect()
}

/// The message of `fact`, after which the floor is `floor`.
pub(super) fn frame(teller: &Teller<'_>, fact: &FloorEvent, floor: &FloorView) -> Result<Frame, Untold> {
    match fact {
        FloorEvent::Requested { request_id, person_id, kind, priority, at } => {
            let wish = Wish { kind: *kind, priority: *priority, requested_at: *at };
            request::received(teller, Request::of(request_id, person_id), &wish, floor)
        }
        FloorEvent::Withdrawn { request_id, person_id, at: _ } => {
            request::withdrawn(teller, Request::of(request_id, person_id), floor)
        }
        FloorEvent::Approved { request_id, person_id, time_limit_seconds, at: _ } => {
            request::approved(teller, Request::of(request_id, person_id), *time_limit_seconds, floor)
        }
        FloorEvent::Denied { request_id, person_id, at: _ } => {
            request::denied(teller, Request::of(request_id, person_id), floor)
        }
        FloorEvent::Finished { request_id, person_id, by, at: _ } => {
            request::finished(teller, Request::of(request_id, person_id), *by, floor)
        }
        FloorEvent::Warned { request_id, person_id, remaining_seconds, at: _ } => {
            turn::warned(teller, Request::of(request_id, person_id), *remaining_seconds, floor)
        }
        FloorEvent::Paused { request_id, person_id, at: _ } => {
            turn::paused(teller, Request::of(request_id, person_id))
        }
        FloorEvent::Resumed { request_id, person_id, at: _ } => {
            turn::resumed(teller, Request::of(request_id, person_id), floor)
        }
        FloorEvent::Muted { person_id, at: _ } => turn::muted(teller, *person_id),
        FloorEvent::Unmuted { person_id, at: _ } => turn::unmuted(teller, *person_id),
        FloorEvent::RulesSet { queue_policy, warning_seconds, at: _ } => {
            let rules = FloorRules { queue_policy: *queue_policy, warning_seconds: *warning_seconds };
            rules::set(teller, rules, floor)
        }
        FloorEvent::GroupAssigned { person_id, group, at: _ } => {
            rules::group_assigned(teller, *person_id, group.as_ref(), floor)
        }
        FloorEvent::TimeAccountSet { account, limit_seconds, at: _ } => {
            rules::account_set(teller, account, *limit_seconds, floor)
        }
        FloorEvent::Overridden { request_id, person_id, rules, at: _ } => {
            rules::overridden(teller, Request::of(request_id, person_id), rules)
        }
    }
}

/// The names and schemas of these messages.
pub(super) fn schemas(generator: &mut SchemaGenerator) -> Vec<(&'static str, Schema)> {
    vec![
        named::<request::SpeechRequestReceived<'_>>("speech_request_received", generator),
        named::<request::SpeechWithdrawn>("speech_withdrawn", generator),
        named::<request::SpeechApproved>("speech_approved", generator),
        named::<request::SpeechDenied<'_>>("speech_denied", generator),
        named::<request::SpeechFinished>("speech_finished", generator),
        named::<turn::TurnWarning>("turn_warning", generator),
        named::<turn::TurnPaused>("turn_paused", generator),
        named::<turn::TurnResumed>("turn_resumed", generator),
        named::<turn::UserMuted>("user_muted", generator),
        named::<turn::UserUnmuted>("user_unmuted", generator),
        named::<rules::FloorRulesChanged>("floor_rules_changed", generator),
        named::<rules::TimeAccountChanged<'_>>("time_account_changed", generator),
        named::<rules::GroupAssigned<'_>>("group_assigned", generator),
        named::<rules::QueueOverridden<'_>>("queue_overridden", generator),
    ]
}

//! What the chair and the clock do to turns and rules.

use acta_application::log::RecordedEvent;
use acta_domain::{FloorEvent, FloorRules, SpeechRequestId};

use super::{FloorView, Override, Turn};
use crate::{Poison, StoredPart};

impl FloorView {
    /// Takes over what the chair set.
    pub(super) fn set(&mut self, fact: &FloorEvent) {
        match fact {
            FloorEvent::RulesSet { queue_policy, warning_seconds, .. } => {
                self.rules = FloorRules { queue_policy: *queue_policy, warning_seconds: *warning_seconds };
            }
            FloorEvent::GroupAssigned { person_id, group: Some(group), .. } => {
                self.groups.insert(*person_id, group.clone());
            }
            FloorEvent::GroupAssigned { person_id, group: None, .. } => {
                self.groups.remove(person_id);
            }
            FloorEvent::TimeAccountSet { account, limit_seconds: Some(limit), .. } => {
                self.time_limits.insert(account.clone(), *limit);
            }
            FloorEvent::TimeAccountSet { account, limit_seconds: None, .. } => {
                self.time_limits.remove(account);
            }
            _ => return,
        }
        self.sort_queue();
    }

    /// Takes over what happened to a turn that goes on.
    pub(super) fn turn_changed(&mut self, event: &RecordedEvent, fact: &FloorEvent) -> Result<(), Poison> {
        match fact {
            FloorEvent::Warned { request_id, at, .. } => self.turn(*request_id)?.warned_at = Some(*at),
            FloorEvent::Paused { request_id, at, .. } => self.turn(*request_id)?.pause(*at),
            FloorEvent::Resumed { request_id, at, .. } => self.turn(*request_id)?.resume(*at),
            FloorEvent::Overridden { request_id, rules, .. } => {
                let reason = StoredPart::of(event);
                self.turn(*request_id)?.overridden = Some(Override { rules: rules.clone(), reason });
            }
            _ => {}
        }
        Ok(())
    }

    fn turn(&mut self, request: SpeechRequestId) -> Result<&mut Turn, Poison> {
        let turn = self.turns.iter_mut().find(|turn| turn.request.request_id == request);
        turn.ok_or_else(|| Poison::new("something happened to a turn that did not run"))
    }
}

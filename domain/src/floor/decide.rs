//! The rules of the floor.

use crate::ids::{PersonId, SpeechRequestId};
use crate::values::{ConcurrentTurns, FinishedBy, SpeechKind, TimeLimit, Timestamp};

use super::aggregate::{OpenRequest, Speaking};
use super::{Floor, FloorCommand, FloorError, FloorEvent, FloorRules, OverriddenRule, WithdrawnBy};

/// A turn that the chair gives.
#[derive(Clone, Copy)]
struct Approval {
    request_id: SpeechRequestId,
    time_limit: Option<TimeLimit>,
    concurrent_turns: ConcurrentTurns,
    overriding: bool,
    at: Timestamp,
}

impl Floor {
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
            FloorCommand::Approve { request_id, time_limit, concurrent_turns, overriding, at } => {
                return self.approve(Approval { request_id, time_limit, concurrent_turns, overriding, at });
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
            FloorCommand::Pause { request_id, at } => self.pause(request_id, at)?,
            FloorCommand::Resume { request_id, at } => self.resume(request_id, at)?,
            FloorCommand::Warn { request_id, at } => self.warn(request_id, at)?,
            FloorCommand::SetRules { rules: FloorRules { queue_policy, warning_seconds }, at } => {
                FloorEvent::RulesSet { queue_policy, warning_seconds, at }
            }
            FloorCommand::AssignGroup { person_id, group, at } => {
                FloorEvent::GroupAssigned { person_id, group, at }
            }
            FloorCommand::SetTimeAccount { account, limit, at } => {
                FloorEvent::TimeAccountSet { account, limit_seconds: limit, at }
            }
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
        match self.open.iter().find(|(_, request)| request.is(person_id, kind)) {
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

    fn approve(&self, approval: Approval) -> Result<Vec<FloorEvent>, FloorError> {
        let Approval { request_id, time_limit, concurrent_turns, overriding, at } = approval;
        let person_id = self.must_be_approvable(request_id, concurrent_turns)?;
        if !overriding {
            self.must_be_next(request_id)?;
            self.must_have_time(person_id)?;
            let time_limit_seconds = self.within_accounts(person_id, time_limit);
            return Ok(vec![FloorEvent::Approved { request_id, person_id, time_limit_seconds, at }]);
        }
        let approved = FloorEvent::Approved { request_id, person_id, time_limit_seconds: time_limit, at };
        let rules = self.rules_against(request_id, person_id, time_limit);
        let overridden = FloorEvent::Overridden { request_id, person_id, rules: rules.clone(), at };
        Ok(if rules.is_empty() { vec![approved] } else { vec![approved, overridden] })
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

    /// The rules that giving `request_id` a turn of `time_limit` goes against.
    fn rules_against(
        &self,
        request_id: SpeechRequestId,
        person_id: PersonId,
        time_limit: Option<TimeLimit>,
    ) -> Vec<OverriddenRule> {
        let beyond_account = self.must_have_time(person_id).is_err()
            || self.within_accounts(person_id, time_limit) != time_limit;
        let out_of_turn = self.must_be_next(request_id).is_err();
        let order = out_of_turn.then_some(OverriddenRule::QueueOrder);
        order.into_iter().chain(beyond_account.then_some(OverriddenRule::TimeAccount)).collect()
    }

    fn must_be_next(&self, request_id: SpeechRequestId) -> Result<(), FloorError> {
        match self.first_callable() {
            Some(first) if first != request_id => Err(FloorError::OutOfTurn { first }),
            _ => Ok(()),
        }
    }

    fn must_have_time(&self, person_id: PersonId) -> Result<(), FloorError> {
        match self.accounts.exhausted(person_id) {
            Some(account) => Err(FloorError::TimeAccountExhausted { account }),
            None => Ok(()),
        }
    }

    /// The limit of a turn that the person's time accounts allow, at most `time_limit`.
    fn within_accounts(&self, person_id: PersonId, time_limit: Option<TimeLimit>) -> Option<TimeLimit> {
        let limits = [time_limit, self.accounts.allowance(person_id)];
        limits.into_iter().flatten().min()
    }

    fn must_be_finishable(
        &self,
        request_id: SpeechRequestId,
        by: FinishedBy,
        at: Timestamp,
    ) -> Result<PersonId, FloorError> {
        let (person_id, speaking) = self.must_be_speaking(request_id)?;
        if by == FinishedBy::Clock {
            let until = speaking.must_run_out(request_id)?;
            if at < until {
                return Err(FloorError::TimeNotUp { until });
            }
        }
        Ok(person_id)
    }

    fn warn(&self, request_id: SpeechRequestId, at: Timestamp) -> Result<FloorEvent, FloorError> {
        let (person_id, speaking) = self.must_be_speaking(request_id)?;
        speaking.must_run_out(request_id)?;
        let from = speaking.clock.warns_at(self.rules).filter(|_| !speaking.warned);
        let from = from.ok_or(FloorError::NoWarning { request_id })?;
        if at < from {
            return Err(FloorError::WarningNotDue { from });
        }
        let remaining_seconds = speaking.clock.remaining(at).ok_or(FloorError::NoWarning { request_id })?;
        Ok(FloorEvent::Warned { request_id, person_id, remaining_seconds, at })
    }

    fn pause(&self, request_id: SpeechRequestId, at: Timestamp) -> Result<FloorEvent, FloorError> {
        let (person_id, speaking) = self.must_be_speaking(request_id)?;
        if speaking.clock.is_paused() {
            return Err(FloorError::TurnPaused { request_id });
        }
        Ok(FloorEvent::Paused { request_id, person_id, at })
    }

    fn resume(&self, request_id: SpeechRequestId, at: Timestamp) -> Result<FloorEvent, FloorError> {
        let (person_id, speaking) = self.must_be_speaking(request_id)?;
        if !speaking.clock.is_paused() {
            return Err(FloorError::TurnNotPaused { request_id });
        }
        Ok(FloorEvent::Resumed { request_id, person_id, at })
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

    fn must_be_speaking(&self, request_id: SpeechRequestId) -> Result<(PersonId, Speaking), FloorError> {
        let request = self.must_be_open(request_id)?;
        let speaking = request.speaking.ok_or(FloorError::NotSpeaking { request_id })?;
        Ok((request.person_id, speaking))
    }
}

impl Speaking {
    /// When the time of a turn is up that has a limit and is not paused.
    fn must_run_out(&self, request_id: SpeechRequestId) -> Result<Timestamp, FloorError> {
        if self.clock.is_paused() {
            return Err(FloorError::TurnPaused { request_id });
        }
        self.clock.ends_at().ok_or(FloorError::NoTimeLimit)
    }
}

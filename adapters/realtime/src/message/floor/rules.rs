//! The rules of the floor, and what goes against them.

use acta_domain::{
    FloorRules, GroupName, OverriddenRule, PersonId, SpeechRequestId, TimeAccount, TimeBudget,
};
use acta_projections::floor::FloorView;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Queue, Request, queue};
use crate::frame::Frame;
use crate::message::Untold;
use crate::message::told::{Teller, Told};

/// The rules of the floor were set.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct FloorRulesChanged {
    #[serde(flatten)]
    told: Told,
    /// They hold from now on.
    rules: FloorRules,
    /// Who waits now, next first.
    queue: Queue,
}

/// It was set how long a person or a group may speak altogether.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct TimeAccountChanged<'a> {
    #[serde(flatten)]
    told: Told,
    /// Whose time it is.
    account: &'a TimeAccount,
    /// How long altogether, in seconds; absent: as long as it takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    limit_seconds: Option<TimeBudget>,
    /// How long they spoke in turns that are over, in milliseconds.
    spent_ms: u64,
    /// Who waits now, next first.
    queue: Queue,
}

/// Somebody was put into a group, or taken out of theirs.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct GroupAssigned<'a> {
    #[serde(flatten)]
    told: Told,
    /// Who, by opaque id.
    user_id: PersonId,
    /// Their group from now on; null: none.
    group: Option<&'a GroupName>,
    /// Who waits now, next first.
    queue: Queue,
}

/// The chair gave a turn against the rules. It follows the approval that it explains.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct QueueOverridden<'a> {
    #[serde(flatten)]
    told: Told,
    /// The request that was approved.
    request_id: SpeechRequestId,
    /// Who was given the turn, by opaque id.
    user_id: PersonId,
    /// The rules that would have refused it.
    rules: &'a [OverriddenRule],
    /// Why; null to readers who may not see it.
    reason: Option<&'a str>,
    /// Whether there is a reason that the reader does not see.
    sealed: bool,
}

pub(super) fn set(teller: &Teller<'_>, rules: FloorRules, floor: &FloorView) -> Result<Frame, Untold> {
    let data = FloorRulesChanged { told: teller.told(), rules, queue: queue(floor) };
    teller.say("floor_rules_changed", &data)
}

pub(super) fn group_assigned(
    teller: &Teller<'_>,
    user_id: PersonId,
    group: Option<&GroupName>,
    floor: &FloorView,
) -> Result<Frame, Untold> {
    let data = GroupAssigned { told: teller.told(), user_id, group, queue: queue(floor) };
    teller.say("group_assigned", &data)
}

pub(super) fn account_set(
    teller: &Teller<'_>,
    account: &TimeAccount,
    limit_seconds: Option<TimeBudget>,
    floor: &FloorView,
) -> Result<Frame, Untold> {
    let (told, spent_ms) = (teller.told(), floor.account(account.clone()).spent_ms);
    let data = TimeAccountChanged { told, account, limit_seconds, spent_ms, queue: queue(floor) };
    teller.say("time_account_changed", &data)
}

pub(super) fn overridden(
    teller: &Teller<'_>,
    request: Request,
    rules: &[OverriddenRule],
) -> Result<Frame, Untold> {
    teller.say_words("queue_overridden", |words| QueueOverridden {
        told: teller.told(),
        request_id: request.id,
        user_id: request.person,
        rules,
        reason: words.text("reason"),
        sealed: words.is_sealed(),
    })
}

//! What the floor counts.

use metrics::{counter, describe_counter};

use crate::Accepted;

const ACTIONS: &str = "moderation_actions_total";

/// What was done on a floor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Request,
    Withdraw,
    Approve,
    Override,
    Deny,
    Finish,
    FinishByClock,
    Warn,
    Pause,
    Resume,
    Mute,
    Unmute,
    SetRules,
    AssignGroup,
    SetAccount,
}

impl Action {
    const ALL: [Self; 15] = [
        Self::Request,
        Self::Withdraw,
        Self::Approve,
        Self::Override,
        Self::Deny,
        Self::Finish,
        Self::FinishByClock,
        Self::Warn,
        Self::Pause,
        Self::Resume,
        Self::Mute,
        Self::Unmute,
        Self::SetRules,
        Self::AssignGroup,
        Self::SetAccount,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Withdraw => "withdraw",
            Self::Approve => "approve",
            Self::Override => "override",
            Self::Deny => "deny",
            Self::Finish => "finish",
            Self::FinishByClock => "finish-by-clock",
            Self::Warn => "warn",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Mute => "mute",
            Self::Unmute => "unmute",
            Self::SetRules => "set-rules",
            Self::AssignGroup => "assign-group",
            Self::SetAccount => "set-account",
        }
    }

    /// Counts the action, unless the command had been sent before.
    pub(super) fn count(self, accepted: Accepted) {
        if !accepted.repeated {
            counter!(ACTIONS, "action" => self.as_str()).increment(1);
        }
    }
}

/// Says what is counted, to whichever recorder is installed.
pub(crate) fn describe() {
    for action in Action::ALL {
        let _registered = counter!(ACTIONS, "action" => action.as_str());
    }
    describe_counter!(ACTIONS, "Commands to a floor that were accepted, by action; each once");
}

//! What the chair can set about the floor.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::values::{TimeLimit, WarningTime, words};

use super::QueuePolicy;

/// The longest warning that nobody asked for, in seconds.
const USUAL_WARNING: u32 = 30;

/// The rules of a session's floor; until they are set, the default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FloorRules {
    /// In which order the waiting are called.
    pub queue_policy: QueuePolicy,
    /// How many seconds before the end of its time a turn is warned; without it, a fifth of its limit, at most 30.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "WarningTime")]
    pub warning_seconds: Option<WarningTime>,
}

impl FloorRules {
    /// How long before its end a turn of at most `limit` is warned; [`None`] for one that is not longer than that.
    pub fn warning(self, limit: TimeLimit) -> Option<WarningTime> {
        let usual = || WarningTime::new(u64::from((limit.get() / 5).min(USUAL_WARNING))).ok();
        let warning = self.warning_seconds.or_else(usual)?;
        (u32::from(warning.get()) < limit.get()).then_some(warning)
    }
}

words! {
    /// A rule that the chair can override, with a reason.
    OverriddenRule {
        /// Whoever is first in the queue is called first.
        QueueOrder = "queue-order",
        /// Nobody speaks longer than their time account, or their group's, allows.
        TimeAccount = "time-account",
    }
}

//! What is counted of what the governance service is told, and how that goes.

use std::sync::{Arc, Mutex, PoisonError};

use metrics::{Gauge, counter, describe_counter, describe_gauge, gauge};

use super::agenda::Tally;
use super::fold::Step;
use crate::health::{FeatureHealth, FeatureWatch};

const PENDING: &str = "governance_notices_pending";
const TRIED: &str = "governance_notices_total";

/// How a try ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Accepted,
    Refused,
    Failed,
}

impl Outcome {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

/// Counts a try.
pub(super) fn count(step: Step, outcome: Outcome) {
    counter!(TRIED, "notice" => step.as_str(), "outcome" => outcome.as_str()).increment(1);
}

/// What tells how it goes. Without a tally another instance does it.
#[derive(Clone)]
pub(super) struct Teller {
    tally: Arc<Mutex<Option<Tally>>>,
    pending: Gauge,
}

impl Teller {
    pub(super) fn new() -> Self {
        describe_gauge!(PENDING, "Sessions of which the governance service has still to hear something");
        describe_counter!(TRIED, "What the governance service was told or asked, by outcome of each try");
        Self { tally: Arc::default(), pending: gauge!(PENDING) }
    }

    pub(super) fn tell(&self, tally: Option<Tally>) {
        #[expect(clippy::cast_precision_loss, reason = "there are far fewer sessions than 2^52")]
        self.pending.set(tally.map_or(0.0, |tally| tally.pending as f64));
        *self.tally.lock().unwrap_or_else(PoisonError::into_inner) = tally;
    }

    pub(super) fn health(&self) -> FeatureWatch {
        let tally = Arc::clone(&self.tally);
        Box::new(move || health(*tally.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

fn health(tally: Option<Tally>) -> FeatureHealth {
    let (well, state) = match tally {
        None => (true, "standby"),
        Some(Tally { refused: true, .. }) => (false, "refused"),
        Some(Tally { failing: true, .. }) => (false, "waiting"),
        Some(_) => (true, "telling"),
    };
    FeatureHealth {
        name: "governance-notices",
        well,
        state,
        position: None,
        lag: tally.map(|tally| tally.pending),
    }
}

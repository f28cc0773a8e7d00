//! What is measured of neighbours.

use std::time::Duration;

use acta_application::neighbours::{Neighbour, NeighbourError};
use metrics::{
    Counter, Gauge, Histogram, counter, describe_counter, describe_gauge, describe_histogram, gauge,
    histogram,
};

const REQUESTS: &str = "neighbour_requests_total";
const SECONDS: &str = "neighbour_request_seconds";
const RETRIES: &str = "neighbour_retries_total";
const CIRCUIT: &str = "neighbour_circuit_open";
const CACHE: &str = "neighbour_cache_requests_total";
const ENTRIES: &str = "neighbour_cache_entries";

/// What a call comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Ok,
    Refused,
    Failed,
    Unreachable,
    TimedOut,
    LeftAlone,
    Busy,
    Denied,
    Unusable,
}

impl Outcome {
    const ALL: [Self; 9] = [
        Self::Ok,
        Self::Refused,
        Self::Failed,
        Self::Unreachable,
        Self::TimedOut,
        Self::LeftAlone,
        Self::Busy,
        Self::Denied,
        Self::Unusable,
    ];

    pub(super) fn of<T>(result: &Result<T, NeighbourError>) -> Self {
        match result {
            Ok(_) => Self::Ok,
            Err(NeighbourError::Refused { .. } | NeighbourError::NotConfigured { .. }) => Self::Refused,
            Err(NeighbourError::Failed { .. }) => Self::Failed,
            Err(NeighbourError::Unreachable { .. }) => Self::Unreachable,
            Err(NeighbourError::TimedOut { .. }) => Self::TimedOut,
            Err(NeighbourError::LeftAlone { .. }) => Self::LeftAlone,
            Err(NeighbourError::Busy { .. }) => Self::Busy,
            Err(NeighbourError::Denied { .. }) => Self::Denied,
            Err(NeighbourError::Unusable { .. }) => Self::Unusable,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timed_out",
            Self::LeftAlone => "left_alone",
            Self::Busy => "busy",
            Self::Denied => "denied",
            Self::Unusable => "unusable",
        }
    }
}

/// What is measured of one neighbour.
pub(super) struct Measures {
    requests: [Counter; Outcome::ALL.len()],
    seconds: Histogram,
    pub(super) retries: Counter,
    circuit: Gauge,
}

impl Measures {
    /// Everything at zero.
    pub(super) fn of(neighbour: Neighbour) -> Self {
        describe();
        let name = neighbour.as_str();
        let requests =
            |outcome: Outcome| counter!(REQUESTS, "neighbour" => name, "outcome" => outcome.as_str());
        let measures = Self {
            requests: Outcome::ALL.map(requests),
            seconds: histogram!(SECONDS, "neighbour" => name),
            retries: counter!(RETRIES, "neighbour" => name),
            circuit: gauge!(CIRCUIT, "neighbour" => name),
        };
        measures.requests.iter().for_each(|counter| counter.increment(0));
        measures.retries.increment(0);
        measures.circuit.set(0.0);
        measures
    }

    /// A call came to `outcome` after so long.
    pub(super) fn called(&self, outcome: Outcome, took: Duration) {
        self.requests[outcome as usize].increment(1);
        if outcome != Outcome::LeftAlone {
            self.seconds.record(took.as_secs_f64());
        }
    }

    /// Whether the circuit is open now.
    pub(super) fn circuit(&self, open: bool) {
        self.circuit.set(f64::from(u8::from(open)));
    }
}

/// What is measured of what is kept.
pub(super) struct KeptMeasures {
    pub(super) hits: Counter,
    pub(super) misses: Counter,
    pub(super) stale: Counter,
    entries: Gauge,
}

impl KeptMeasures {
    /// Everything at zero.
    pub(super) fn of(cache: &'static str) -> Self {
        describe();
        let requests = |outcome: &'static str| {
            let counter = counter!(CACHE, "cache" => cache, "outcome" => outcome);
            counter.increment(0);
            counter
        };
        let measures = Self {
            hits: requests("hit"),
            misses: requests("miss"),
            stale: requests("stale"),
            entries: gauge!(ENTRIES, "cache" => cache),
        };
        measures.entries(0);
        measures
    }

    /// So many answers are kept now.
    #[expect(clippy::cast_precision_loss, reason = "there are far fewer than 2^52 answers")]
    pub(super) fn entries(&self, entries: u64) {
        self.entries.set(entries as f64);
    }
}

fn describe() {
    describe_counter!(REQUESTS, "Calls of neighbouring services with all their tries, by what they came to");
    describe_histogram!(SECONDS, "How long calls of neighbouring services took with all their tries");
    describe_counter!(RETRIES, "How often a call of a neighbouring service was tried again");
    describe_gauge!(CIRCUIT, "1 while a neighbouring service is left alone because it failed too often");
    describe_counter!(CACHE, "Questions to neighbouring services that may be answered from what is kept");
    describe_gauge!(ENTRIES, "Answers of neighbouring services that are kept");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_has_its_own_counter() {
        for (place, outcome) in Outcome::ALL.into_iter().enumerate() {
            assert_eq!(outcome as usize, place, "{}", outcome.as_str());
        }
    }
}

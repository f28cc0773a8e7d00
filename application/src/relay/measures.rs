//! What the relay counts and measures.

use acta_domain::Timestamp;
use metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};
use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};

use crate::log::Position;

/// The relay's counters, for whichever recorder is installed when they are made.
pub(super) struct Measures {
    records: Counter,
    republished: Counter,
    connections: Counter,
    position: Gauge,
    lag: Gauge,
    unacknowledged: Gauge,
    delay: Histogram,
}

impl Measures {
    pub(super) fn new() -> Self {
        describe();
        Self {
            records: counter!("acta_relay_records_total"),
            republished: counter!("acta_relay_republished_total"),
            connections: counter!("acta_relay_connections_total"),
            position: gauge!("acta_relay_position"),
            lag: gauge!("acta_relay_lag"),
            unacknowledged: gauge!("acta_relay_unacknowledged"),
            delay: histogram!("acta_relay_delay_seconds"),
        }
    }

    /// A record was acknowledged `now`, whose event was recorded at `recorded_at`.
    pub(super) fn acknowledged(&self, recorded_at: Timestamp, now: Timestamp) {
        let micros = now.as_micros().saturating_sub(recorded_at.as_micros()).max(0);
        self.records.increment(1);
        self.delay.record(std::time::Duration::from_micros(micros.unsigned_abs()));
    }

    /// A record is sent that had been acknowledged and was forgotten.
    pub(super) fn republished(&self) {
        self.republished.increment(1);
    }

    /// A connection was made.
    pub(super) fn connected(&self) {
        self.connections.increment(1);
    }

    /// Everything up to `position` is acknowledged, of a log that ends at `head`; so many records are under way.
    pub(super) fn stands(&self, position: Position, head: Position, unacknowledged: usize) {
        self.position.set(approximately(position.get()));
        self.lag.set(approximately(head.get().saturating_sub(position.get())));
        self.unacknowledged.set(approximately(unacknowledged as u64));
    }
}

#[expect(clippy::cast_precision_loss, reason = "exact up to 2^53")]
fn approximately(number: u64) -> f64 {
    number as f64
}

fn describe() {
    describe_counter!("acta_relay_records_total", "Records that the broker acknowledged");
    describe_counter!("acta_relay_republished_total", "Records sent again because the broker forgot them");
    describe_counter!("acta_relay_connections_total", "Connections made to the broker");
    describe_gauge!("acta_relay_position", "Every event up to this position is acknowledged");
    describe_gauge!("acta_relay_lag", "Events of the log that are not acknowledged yet");
    describe_gauge!("acta_relay_unacknowledged", "Records that are sent and not acknowledged");
    describe_histogram!(
        "acta_relay_delay_seconds",
        Unit::Seconds,
        "Time from the log taking an event to the broker acknowledging it"
    );
}

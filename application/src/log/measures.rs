//! What a log measures of its appends.

use std::time::Duration;

use metrics::{Counter, Histogram, counter, describe_counter, describe_histogram, histogram};

const APPENDS: &str = "acta_log_appends_total";
const EVENTS: &str = "acta_log_events_total";
const FAILED: &str = "acta_log_failed_batches_total";
const BATCH: &str = "acta_log_batch_appends";
const COMMIT: &str = "acta_log_commit_seconds";

/// What the writer of a log measures. It is told of each batch, and looks nothing up for it.
pub struct LogMeasures {
    appends: Counter,
    events: Counter,
    failed: Counter,
    batch: Histogram,
    commit: Histogram,
}

impl LogMeasures {
    /// Everything at zero, in the recorder that is installed.
    pub fn new() -> Self {
        describe();
        Self {
            appends: counter!(APPENDS),
            events: counter!(EVENTS),
            failed: counter!(FAILED),
            batch: histogram!(BATCH),
            commit: histogram!(COMMIT),
        }
    }

    /// The appends of a batch, `appends` of them, were written as `events` events, which took `time`.
    #[expect(clippy::cast_precision_loss, reason = "a batch has far fewer than 2^52 commands")]
    pub fn written(&self, appends: usize, events: usize, time: Duration) {
        self.appends.increment(appends as u64);
        self.events.increment(events as u64);
        self.batch.record(appends as f64);
        self.commit.record(time.as_secs_f64());
    }

    /// A batch failed.
    pub fn failed(&self) {
        self.failed.increment(1);
    }
}

impl Default for LogMeasures {
    fn default() -> Self {
        Self::new()
    }
}

fn describe() {
    describe_counter!(APPENDS, "Commands that were written to the log");
    describe_counter!(EVENTS, "Events that were written to the log");
    describe_counter!(FAILED, "Batches of appends that failed");
    describe_histogram!(BATCH, "Commands in one transaction");
    describe_histogram!(COMMIT, "From the gathering of a batch until it was durable");
}

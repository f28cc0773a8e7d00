//! The recorder of the metrics, and what is measured when somebody asks.

use std::sync::Arc;
use std::time::Duration;

use acta_application::health::{FeatureWatch, MachineWatch};
use acta_application::log::EventLog;
use acta_http::MetricsText;
use acta_postgres::Database;
use acta_projections::runner::HealthWatch;
use anyhow::Context as _;
use metrics::{Unit, counter, describe_counter, describe_gauge, gauge};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// From a millisecond to ten seconds: what is slower is an outage.
const SECONDS: [f64; 13] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0];
/// Up to the most commands in one transaction.
const BATCHES: [f64; 10] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0];
/// How often measured values are put into their buckets, whether anybody asks for them or not.
const UPKEEP: Duration = Duration::from_secs(5);

const HEAD: &str = "acta_log_head";
const LAG: &str = "acta_projection_lag";
const WELL: &str = "acta_feature_well";
const CONNECTIONS: &str = "acta_pool_connections";
const MOST_CONNECTIONS: &str = "acta_pool_connections_max";
const MEMORY: &str = "process_resident_memory_bytes";
const DISK_FREE: &str = "acta_disk_free_bytes";
const DISK_TOTAL: &str = "acta_disk_total_bytes";
const RECORDED: &str = "recording_duration_seconds_total";

/// Records the metrics of this process from now on. It can be done once, and in front of everything that measures.
pub(super) fn record(tasks: &TaskTracker, stop: &CancellationToken) -> anyhow::Result<PrometheusHandle> {
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
        .set_buckets_for_metric(Matcher::Full("acta_log_batch_appends".to_owned()), &BATCHES)?;
    let handle = builder.install_recorder().context("the metrics of this process are recorded already")?;
    describe();
    tasks.spawn(keep_up(handle.clone(), stop.clone()));
    Ok(handle)
}

async fn keep_up(handle: PrometheusHandle, stop: CancellationToken) {
    while stop.run_until_cancelled(tokio::time::sleep(UPKEEP)).await.is_some() {
        handle.run_upkeep();
    }
}

fn describe() {
    describe_gauge!(HEAD, "The last durable position of the log");
    describe_gauge!(LAG, "Events of the log that a view does not reflect yet, by view");
    describe_gauge!(WELL, "1 while a feature does what it is for, else 0, by feature");
    describe_gauge!(CONNECTIONS, "Connections to the database, by pool and state");
    describe_gauge!(MOST_CONNECTIONS, "How many connections a pool may have");
    describe_gauge!(MEMORY, Unit::Bytes, "Memory of this process");
    describe_gauge!(DISK_FREE, Unit::Bytes, "What can still be written to the disk of the data folder");
    describe_gauge!(DISK_TOTAL, Unit::Bytes, "The size of the disk of the data folder");
    describe_counter!(RECORDED, "Seconds of recordings that are on the record");
    counter!(RECORDED).absolute(0);
}

/// What is measured when somebody asks.
pub(super) struct Looks {
    pub(super) log: Arc<dyn EventLog>,
    pub(super) projections: HealthWatch,
    pub(super) features: Vec<FeatureWatch>,
    pub(super) database: Option<Database>,
    pub(super) machine: MachineWatch,
}

/// Writes what is recorded with `handle`, and what `looks` find then.
pub(super) fn text(handle: PrometheusHandle, looks: Looks) -> MetricsText {
    Box::new(move || {
        looks.measure();
        handle.render()
    })
}

impl Looks {
    fn measure(&self) {
        let head = self.log.head().borrow().get();
        gauge!(HEAD).set(float(head));
        for view in self.projections.now() {
            let lag = head.saturating_sub(view.checkpoint.get());
            gauge!(LAG, "view" => view.name.to_string()).set(float(lag));
        }
        for feature in &self.features {
            let health = feature();
            gauge!(WELL, "feature" => health.name).set(if health.well { 1.0 } else { 0.0 });
        }
        self.measure_pools();
        self.measure_machine();
    }

    fn measure_pools(&self) {
        for pool in self.database.iter().flat_map(Database::pools) {
            let in_use = pool.open.saturating_sub(pool.idle);
            gauge!(CONNECTIONS, "pool" => pool.name, "state" => "used").set(f64::from(in_use));
            gauge!(CONNECTIONS, "pool" => pool.name, "state" => "idle").set(f64::from(pool.idle));
            gauge!(MOST_CONNECTIONS, "pool" => pool.name).set(f64::from(pool.most));
        }
    }

    fn measure_machine(&self) {
        let machine = (self.machine)();
        if let Some(memory) = machine.memory {
            gauge!(MEMORY).set(float(memory.resident_bytes));
        }
        if let Some(disk) = machine.disk {
            gauge!(DISK_FREE).set(float(disk.free_bytes));
            gauge!(DISK_TOTAL).set(float(disk.total_bytes));
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "positions and bytes are far below 2^52")]
fn float(number: u64) -> f64 {
    number as f64
}

/// The same features to ask for two: those who read `/health`, and those who read `/metrics`.
pub(super) fn shared(features: Vec<FeatureWatch>) -> (Vec<FeatureWatch>, Vec<FeatureWatch>) {
    let share = |feature: FeatureWatch| -> (FeatureWatch, FeatureWatch) {
        let one = Arc::new(feature);
        let other = Arc::clone(&one);
        (Box::new(move || one()), Box::new(move || other()))
    };
    features.into_iter().map(share).unzip()
}

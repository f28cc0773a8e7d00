//! The recorder of the metrics.

use std::time::Duration;

use acta_http::MetricsText;
use anyhow::Context as _;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// From a millisecond to ten seconds: what is slower is an outage.
const SECONDS: [f64; 13] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0];
/// How often measured values are put into their buckets, whether anybody asks for them or not.
const UPKEEP: Duration = Duration::from_secs(5);

/// Records the metrics of this process from now on. It can be done once.
pub(super) fn record(tasks: &TaskTracker, stop: &CancellationToken) -> anyhow::Result<MetricsText> {
    let builder =
        PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?;
    let handle = builder.install_recorder().context("the metrics of this process are recorded already")?;
    tasks.spawn(keep_up(handle.clone(), stop.clone()));
    Ok(Box::new(move || handle.render()))
}

async fn keep_up(handle: PrometheusHandle, stop: CancellationToken) {
    while stop.run_until_cancelled(tokio::time::sleep(UPKEEP)).await.is_some() {
        handle.run_upkeep();
    }
}

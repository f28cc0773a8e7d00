//! Many clients at once in this process.

use std::time::Duration;

use tokio::task::JoinSet;

use super::server::Server;
use super::used::{Cores, Used};
use crate::quantiles::Quantiles;
use crate::stopwatch::Stopwatch;

/// Sends one command after another.
pub(super) trait Client: Send + 'static {
    /// Sends the next command; returns when what it did is durable.
    fn send(&mut self) -> impl Future<Output = anyhow::Result<()>> + Send;
}

/// What came of a load.
#[derive(Debug, Clone)]
pub(super) struct Load {
    /// Acknowledged commands a second.
    pub(super) rate: f64,
    pub(super) latencies: Quantiles,
    pub(super) cores: Cores,
}

/// When what is counted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    /// Nothing is counted so long.
    pub(super) warm_up: Duration,
    /// And then everything, so long.
    pub(super) measured: Duration,
}

impl Window {
    fn end(self) -> Duration {
        self.warm_up + self.measured
    }

    fn holds(self, moment: Duration) -> bool {
        (self.warm_up..self.end()).contains(&moment)
    }
}

/// Each of `clients` sends its next command when the last one was acknowledged.
pub(super) async fn closed<C: Client>(
    server: Server,
    clients: Vec<C>,
    window: Window,
) -> anyhow::Result<Load> {
    let watch = Stopwatch::start();
    let mut tasks = JoinSet::new();
    for client in clients {
        tasks.spawn(one_after_another(client, watch, window));
    }
    tokio::time::sleep(window.warm_up).await;
    let before = Used::now(server)?;
    tokio::time::sleep(window.measured).await;
    let cores = Used::now(server)?.since(&before);
    let latencies = gathered(tasks).await?;
    Ok(Load { rate: whole(latencies.count()) / window.measured.as_secs_f64(), latencies, cores })
}

async fn one_after_another<C: Client>(
    mut client: C,
    watch: Stopwatch,
    window: Window,
) -> anyhow::Result<Vec<Duration>> {
    let mut latencies = Vec::new();
    let mut now = watch.elapsed();
    while now < window.end() {
        client.send().await?;
        let sent = std::mem::replace(&mut now, watch.elapsed());
        if window.holds(now) {
            latencies.push(now.saturating_sub(sent));
        }
    }
    Ok(latencies)
}

/// What all tasks measured.
pub(super) async fn gathered(mut tasks: JoinSet<anyhow::Result<Vec<Duration>>>) -> anyhow::Result<Quantiles> {
    let mut all = Vec::new();
    while let Some(one) = tasks.join_next().await {
        all.extend(one??);
    }
    Ok(all.into_iter().collect())
}

#[expect(clippy::cast_precision_loss, reason = "it is for people to read")]
pub(super) fn whole(number: usize) -> f64 {
    number as f64
}

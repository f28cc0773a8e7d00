//! Commands that come when they come, however long the ones before them take.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::load::{Client, Window, gathered};
use crate::quantiles::Quantiles;
use crate::stopwatch::Stopwatch;

/// `rate` commands a second arrive, evenly spaced, at the `clients` in turn: how long each took from the moment when it was due.
pub(super) async fn paced<C: Client>(
    clients: Vec<C>,
    rate: f64,
    window: Window,
) -> anyhow::Result<Quantiles> {
    let watch = Stopwatch::start();
    let mut tasks = JoinSet::new();
    let mut queues = Vec::new();
    for client in clients {
        let (queue, due) = mpsc::unbounded_channel();
        tasks.spawn(as_they_come(client, due, watch, window));
        queues.push(queue);
    }
    // The timers of the runtime tick once a millisecond, which is too coarse here.
    let pacer = std::thread::spawn(move || pace(&queues, rate, watch, window));
    let latencies = gathered(tasks).await?;
    pacer.join().map_err(|_| anyhow::anyhow!("the pacer panicked"))?;
    Ok(latencies)
}

fn pace(queues: &[mpsc::UnboundedSender<Duration>], rate: f64, watch: Stopwatch, window: Window) {
    for (number, queue) in (0_u32..).zip(queues.iter().cycle()) {
        let due = Duration::from_secs_f64(f64::from(number) / rate);
        if due >= window.warm_up + window.measured {
            return;
        }
        std::thread::sleep(due.saturating_sub(watch.elapsed()));
        if queue.send(due).is_err() {
            return; // The client failed, and says so itself.
        }
    }
}

async fn as_they_come<C: Client>(
    mut client: C,
    mut queue: mpsc::UnboundedReceiver<Duration>,
    watch: Stopwatch,
    window: Window,
) -> anyhow::Result<Vec<Duration>> {
    let mut latencies = Vec::new();
    while let Some(due) = queue.recv().await {
        client.send().await?;
        if due >= window.warm_up {
            latencies.push(watch.elapsed().saturating_sub(due));
        }
    }
    Ok(latencies)
}

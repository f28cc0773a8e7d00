//! Many clients at once, each with a connection of its own, each sending its next command when the last one is durable.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::ensure;
use tokio::task::JoinSet;

use crate::api::{Api, Session};
use crate::process::Process;
use crate::quantiles::Quantiles;
use crate::service::Service;
use crate::stopwatch::Stopwatch;

const CREATED: u16 = 201;

/// What came of a load.
#[derive(Debug)]
pub(crate) struct Load {
    /// Acknowledged commands a second.
    pub(crate) rate: f64,
    pub(crate) latencies: Quantiles,
    /// How many cores the service used.
    pub(crate) service_cores: f64,
    /// How many cores this client used.
    pub(crate) client_cores: f64,
    /// Bytes that the service wrote to the disk for each command.
    pub(crate) written_each: f64,
    /// The most memory that the service occupied so far.
    pub(crate) resident_peak: u64,
}

/// What the service and the client have used so far.
struct Used {
    service: Duration,
    client: Duration,
    written: u64,
}

impl Used {
    fn of(service: &Service) -> anyhow::Result<Self> {
        let (client, process) = (Process::this(), service.process());
        Ok(Self { service: process.cpu()?, client: client.cpu()?, written: process.written()? })
    }
}

/// Sends chunks to `sessions` from `clients` clients, first for `warm_up` and then for `measured`.
pub(crate) async fn run(
    service: &Service,
    api: &Api,
    sessions: &[Session],
    clients: u32,
    warm_up: Duration,
    measured: Duration,
) -> anyhow::Result<Load> {
    let load = Arc::new(Control::default());
    let mut tasks = JoinSet::new();
    for (number, session) in (0..clients).zip(sessions.iter().cycle()) {
        tasks.spawn(client(api.clone(), session.clone(), u64::from(number) * 1_000_000, Arc::clone(&load)));
    }
    tokio::time::sleep(warm_up).await;
    load.measures.store(true, Ordering::Relaxed);
    let (before, watch) = (Used::of(service)?, Stopwatch::start());
    tokio::time::sleep(measured).await;
    let (after, seconds) = (Used::of(service)?, watch.seconds());
    load.stop.store(true, Ordering::Relaxed);
    let latencies: Quantiles = gathered(tasks).await?.into_iter().collect();
    #[expect(clippy::cast_precision_loss, reason = "it is for people to read")]
    let (commands, written) = (latencies.count() as f64, (after.written - before.written) as f64);
    Ok(Load {
        rate: commands / seconds,
        latencies,
        service_cores: after.service.saturating_sub(before.service).as_secs_f64() / seconds,
        client_cores: after.client.saturating_sub(before.client).as_secs_f64() / seconds,
        written_each: written / commands,
        resident_peak: service.process().resident_peak()?,
    })
}

/// Adds `count` chunks to `session`, from `clients` clients, as fast as it goes.
pub(crate) async fn grow(api: &Api, session: &Session, clients: u32, count: u64) -> anyhow::Result<()> {
    let next = Arc::new(AtomicU64::new(0));
    let mut tasks = JoinSet::new();
    for _ in 0..clients {
        let (api, session, next) = (api.clone(), session.clone(), Arc::clone(&next));
        tasks.spawn(async move {
            let mut connection = api.connect().await?;
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= count {
                    return Ok(Vec::new());
                }
                api.add(&mut connection, &session, n).await?;
            }
        });
    }
    gathered(tasks).await.map(drop)
}

#[derive(Debug, Default)]
struct Control {
    measures: AtomicBool,
    stop: AtomicBool,
}

/// One client; gives the latencies of what it sent and got while it was measured.
async fn client(api: Api, session: Session, first: u64, load: Arc<Control>) -> anyhow::Result<Vec<Duration>> {
    let mut connection = api.connect().await?;
    let mut latencies = Vec::new();
    for n in first.. {
        let request = api.chunk(&session, n);
        let watch = Stopwatch::start();
        let answer = connection.send(&request).await?;
        let latency = watch.elapsed();
        ensure!(answer.status == CREATED, "{}: {}", answer.status, String::from_utf8_lossy(answer.body));
        if load.stop.load(Ordering::Relaxed) {
            break;
        }
        if load.measures.load(Ordering::Relaxed) {
            latencies.push(latency);
        }
    }
    Ok(latencies)
}

async fn gathered(mut tasks: JoinSet<anyhow::Result<Vec<Duration>>>) -> anyhow::Result<Vec<Duration>> {
    let mut all = Vec::new();
    while let Some(one) = tasks.join_next().await {
        all.extend(one??);
    }
    Ok(all)
}

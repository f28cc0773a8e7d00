//! Appends that come when they come, however long the ones before them take.

use std::time::Duration;

use tokio::task::JoinSet;

use crate::api::{Added, Api, Session};
use crate::quantiles::Quantiles;
use crate::stopwatch::Stopwatch;

/// An append that was acknowledged.
#[derive(Debug, Clone, Copy)]
pub(super) struct Appended {
    pub(super) position: u64,
    /// When, by the watch that was given.
    pub(super) acknowledged: Duration,
    /// From when it was due, or a millisecond later at most, until it was acknowledged.
    pub(super) latency: Duration,
}

/// When appends of one client are due, from the start.
#[derive(Debug, Clone, Copy)]
struct Schedule {
    first: Duration,
    every: Duration,
    end: Duration,
}

/// `rate` appends a second arrive for `time`, evenly spaced, in the `sessions` in turn.
pub(super) async fn paced(
    api: &Api,
    sessions: &[Session],
    rate: f64,
    time: Duration,
    watch: Stopwatch,
) -> anyhow::Result<Vec<Appended>> {
    let clients = u32::try_from(sessions.len())?;
    let (every, start) = (Duration::from_secs_f64(f64::from(clients) / rate), watch.elapsed());
    let mut tasks = JoinSet::new();
    for (number, session) in (0..clients).zip(sessions) {
        let first = start + every * number / clients;
        let schedule = Schedule { first, every, end: start + time };
        tasks.spawn(client(api.clone(), session.clone(), schedule, watch));
    }
    let mut all = Vec::new();
    while let Some(one) = tasks.join_next().await {
        all.extend(one??);
    }
    Ok(all)
}

async fn client(
    api: Api,
    session: Session,
    schedule: Schedule,
    watch: Stopwatch,
) -> anyhow::Result<Vec<Appended>> {
    let mut connection = api.connect().await?;
    let (mut due, mut appended) = (schedule.first, Vec::new());
    while due < schedule.end {
        let request = api.chunk(&session, appended.len() as u64);
        let begun = begun(due, watch).await;
        let added = Added::from(&connection.send(&request).await?)?;
        let acknowledged = watch.elapsed();
        let latency = acknowledged.saturating_sub(begun);
        appended.push(Appended { position: added.position, acknowledged, latency });
        due += schedule.every;
    }
    Ok(appended)
}

/// Waits for `due`. The runtime's timers tick once a millisecond: what they are late by is not the service's. What the append
/// before made late is.
async fn begun(due: Duration, watch: Stopwatch) -> Duration {
    let early = due.saturating_sub(watch.elapsed());
    if early.is_zero() {
        return due;
    }
    tokio::time::sleep(early).await;
    watch.elapsed()
}

/// How long they took.
pub(super) fn latencies<'a>(appended: impl IntoIterator<Item = &'a Appended>) -> Quantiles {
    appended.into_iter().map(|appended| appended.latency).collect()
}

//! What a command costs in streams of different lengths, in a log that is nearly empty and in a long one: one client alone, in
//! turns, so that nothing but the lengths differs.

use std::time::Duration;

use acta_domain::SessionId;

use super::fill::fill;
use super::load::Client as _;
use super::ours::Ours;
use super::server::Server;
use super::used::Used;
use crate::quantiles::Quantiles;
use crate::stopwatch::Stopwatch;

const ROUNDS: usize = 5;
/// Commands of one kind in one round.
const COMMANDS: u64 = 1_000;
/// Commands in one stream around length 10.
const SHORT: u64 = 10;
const MIDDLE: u64 = 1_000;

/// The streams that are sent to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Streams {
    /// Fresh ones, of about 10 events.
    Short,
    /// A fresh one each time, of about 1,000.
    Middle,
    /// One, with so many events.
    Long(SessionId, u64),
}

/// What a command costs somewhere.
pub(super) struct Cost<'a> {
    /// Which log.
    pub(super) log: &'static str,
    ours: &'a Ours,
    streams: Streams,
    cpu: Duration,
    latencies: Vec<Duration>,
}

impl<'a> Cost<'a> {
    pub(super) fn new(log: &'static str, ours: &'a Ours, streams: Streams) -> Self {
        Self { log, ours, streams, cpu: Duration::ZERO, latencies: Vec::new() }
    }

    /// The length of the stream, about.
    pub(super) fn length(&self) -> u64 {
        match self.streams {
            Streams::Short => SHORT,
            Streams::Middle => MIDDLE,
            Streams::Long(_, length) => length,
        }
    }

    /// Processor time of the use case and of the server, for each command.
    pub(super) fn cpu(&self) -> Duration {
        self.cpu / u32::try_from(self.latencies.len().max(1)).expect("there are few of them")
    }

    pub(super) fn latencies(&self) -> Quantiles {
        self.latencies.iter().copied().collect()
    }

    async fn sessions(&self) -> anyhow::Result<Vec<SessionId>> {
        match self.streams {
            Streams::Short => self.ours.sessions(usize::try_from(COMMANDS / SHORT)?).await,
            Streams::Middle => Ok(vec![self.ours.filled_session(MIDDLE - COMMANDS / 2).await?]),
            Streams::Long(session, _) => Ok(vec![session]),
        }
    }

    /// The first command is not counted, because it may load the stream.
    async fn round(&mut self, server: Server) -> anyhow::Result<()> {
        let sessions = self.sessions().await?;
        let mut clients: Vec<_> = sessions.into_iter().map(|session| self.ours.client(session)).collect();
        let each = COMMANDS / clients.len() as u64;
        if let Some(first) = clients.first_mut() {
            first.send().await?;
        }
        let before = Used::now(server)?;
        for client in &mut clients {
            for _ in 0..each {
                let watch = Stopwatch::start();
                client.send().await?;
                self.latencies.push(watch.elapsed());
            }
        }
        self.cpu += Used::now(server)?.ours_since(&before);
        Ok(())
    }
}

/// Measures all of `costs`, in turns.
pub(super) async fn measure(server: Server, costs: &mut [Cost<'_>]) -> anyhow::Result<()> {
    for _ in 0..ROUNDS {
        for cost in &mut *costs {
            cost.round(server).await?;
        }
    }
    Ok(())
}

/// The dearest in times of the cheapest.
pub(super) fn apart(costs: &[Cost<'_>]) -> f64 {
    let cpu = || costs.iter().map(|cost| cost.cpu().as_secs_f64());
    let (least, most) = (cpu().fold(f64::INFINITY, f64::min), cpu().fold(0.0, f64::max));
    most / least
}

impl Ours {
    /// A session whose stream has `length` events.
    pub(super) async fn filled_session(&self, length: u64) -> anyhow::Result<SessionId> {
        let session = self.sessions(1).await?[0];
        fill(&*self.log, session, length).await?;
        Ok(session)
    }
}

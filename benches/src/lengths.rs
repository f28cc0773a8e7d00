//! What a command costs in streams of different lengths. All are measured in turns on one log, so that nothing but the length of
//! the stream differs.

use std::time::Duration;

use crate::api::{Added, Api, Session};
use crate::commands::SPEAKERS;
use crate::connection::Connection;
use crate::load::grow;
use crate::quantiles::Quantiles;
use crate::service::Service;
use crate::stopwatch::Stopwatch;

const ROUNDS: usize = 5;
/// Commands of one length in one round.
const COMMANDS: u64 = 500;
/// Commands in one stream around length 10.
const SHORT: u64 = 10;
const MIDDLE: u64 = 1_000;

/// What a command costs.
#[derive(Debug)]
pub(crate) struct Cost {
    /// The length of the stream, about.
    pub(crate) length: u64,
    /// Processor time of the service, until the views show the command.
    pub(crate) cpu: Duration,
    /// From sending to the durable acknowledgement, one client alone.
    pub(crate) latencies: Quantiles,
}

#[derive(Debug, Default)]
struct Sum {
    cpu: Duration,
    latencies: Vec<Duration>,
}

/// The measurement.
pub(crate) struct Lengths<'a> {
    service: &'a Service,
    api: &'a Api,
    connection: Connection,
}

impl<'a> Lengths<'a> {
    pub(crate) async fn new(service: &'a Service, api: &'a Api) -> anyhow::Result<Self> {
        Ok(Self { service, api, connection: api.connect().await? })
    }

    /// Costs around lengths 10 and 1,000, and at `longest`, the length of `long`.
    pub(crate) async fn measure(&mut self, long: &Session, longest: u64) -> anyhow::Result<[Cost; 3]> {
        let mut sums: [Sum; 3] = Default::default();
        for _ in 0..ROUNDS {
            let short = self.api.sessions(COMMANDS / SHORT).await?;
            let middle = self.api.sessions(1).await?;
            self.introduce(&short).await?;
            grow(self.api, &middle[0], 64, MIDDLE - COMMANDS / 2).await?;
            self.send(&short, SHORT, &mut sums[0]).await?;
            self.send(&middle, COMMANDS, &mut sums[1]).await?;
            self.send(std::slice::from_ref(long), COMMANDS, &mut sums[2]).await?;
        }
        let mut lengths = [SHORT, MIDDLE, longest].into_iter();
        Ok(sums.map(|sum| cost(lengths.next().unwrap_or_default(), sum)))
    }

    /// Sends `each` commands to each of `sessions`, one after another.
    async fn send(&mut self, sessions: &[Session], each: u64, sum: &mut Sum) -> anyhow::Result<()> {
        self.settle(&sessions[0]).await?;
        let before = self.service.process().cpu()?;
        for session in sessions {
            for n in 0..each {
                let request = self.api.chunk(session, n);
                let watch = Stopwatch::start();
                Added::from(&self.connection.send(&request).await?)?;
                sum.latencies.push(watch.elapsed());
            }
        }
        self.settle(&sessions[0]).await?;
        sum.cpu += self.service.process().cpu()?.saturating_sub(before);
        Ok(())
    }

    /// Lets everybody speak once in each of `sessions`: the first time makes a key, and that is not what is measured.
    async fn introduce(&mut self, sessions: &[Session]) -> anyhow::Result<()> {
        for session in sessions {
            for n in 0..=SPEAKERS {
                self.api.add(&mut self.connection, session, n).await?;
            }
        }
        Ok(())
    }

    /// Waits until the views show everything; that takes one command more.
    async fn settle(&mut self, session: &Session) -> anyhow::Result<()> {
        let added = self.api.add(&mut self.connection, session, 0).await?;
        self.api.shown(&mut self.connection, session, added.position).await
    }
}

fn cost(length: u64, sum: Sum) -> Cost {
    let commands = u32::try_from(sum.latencies.len() + ROUNDS).expect("there are few of them");
    Cost { length, cpu: sum.cpu / commands, latencies: sum.latencies.into_iter().collect() }
}

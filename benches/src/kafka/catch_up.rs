//! What the relay has to catch up with, and how fast it does.

use std::time::Duration;

use anyhow::Context as _;
use tokio::task::JoinSet;

use super::Run;
use super::memory::watched;
use super::relay::CaughtUp;
use crate::load;
use crate::run::say;
use crate::stopwatch::Stopwatch;

impl Run<'_> {
    pub(super) async fn stop_broker(&self) -> anyhow::Result<()> {
        let broker = self.site.own().context("the broker is not ours to stop")?;
        Ok(broker.stop().await?)
    }

    pub(super) async fn start_broker(&self) -> anyhow::Result<()> {
        let broker = self.site.own().context("the broker is not ours to start")?;
        Ok(broker.start_again().await?)
    }

    /// Appends the backlog as fast as it goes, in all sessions, and lets the views follow; gives the most memory meanwhile, in bytes.
    pub(super) async fn fill(&mut self) -> anyhow::Result<u64> {
        let backlog = self.backlog();
        say(&format!("appending {backlog} more while the broker is away"));
        let filling = self.append_everywhere(backlog);
        let ((), most) = watched(self.service.process(), filling).await?;
        self.relay.views_caught_up().await?;
        Ok(most)
    }

    /// How many events more than the load brings.
    pub(super) fn backlog(&self) -> u64 {
        self.options.kafka_backlog.unwrap_or(self.site.sizes().backlog)
    }

    async fn append_everywhere(&self, backlog: u64) -> anyhow::Result<()> {
        let each = backlog.div_ceil(self.sessions.len() as u64);
        let mut tasks = JoinSet::new();
        for session in self.sessions.clone() {
            let api = self.api.clone();
            tasks.spawn(async move { load::grow(&api, &session, 1, each).await });
        }
        while let Some(one) = tasks.join_next().await {
            one??;
        }
        Ok(())
    }

    /// Lets the broker come back; gives what the relay did, the most memory of the service in bytes, and its processor time.
    pub(super) async fn catch_up(&mut self) -> anyhow::Result<(CaughtUp, u64, Duration)> {
        say("how fast the relay catches up");
        let (process, position) = (self.service.process().clone(), self.relay.told().await?.position);
        let (used, watch) = (process.cpu()?, Stopwatch::start());
        self.start_broker().await?;
        let (caught_up, most) = watched(&process, self.relay.catch_up(position, watch)).await?;
        Ok((caught_up, most, process.cpu()?.saturating_sub(used)))
    }
}

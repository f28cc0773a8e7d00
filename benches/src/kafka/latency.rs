//! From the acknowledgement of an append until a consumer has its record.

use std::time::Duration;

use super::arrivals::Arrivals;
use super::pace::paced;
use super::{Pace, Run};
use crate::quantiles::Quantiles;
use crate::run::{say, spread};
use crate::stopwatch::Stopwatch;

/// Appends a second when little happens.
const TRICKLE: f64 = 20.0;
/// So few of them want longer.
const TRICKLING: Duration = Duration::from_secs(30);
/// Milliseconds that the p99 may take.
const GOAL: f64 = 50.0;

impl Run<'_> {
    pub(super) async fn latency(&mut self, pace: &Pace) -> anyhow::Result<()> {
        self.table.heading("Kafka: from the acknowledgement until a consumer has the record");
        let trickle = self.consumed(TRICKLE, TRICKLING).await?;
        self.show_consumed("20 appends a second", &trickle);
        let half = self.consumed(pace.rate, self.options.measured()).await?;
        self.show_consumed(&pace.name, &half);
        Ok(())
    }

    /// `rate` appends a second for `time`.
    async fn consumed(&mut self, rate: f64, time: Duration) -> anyhow::Result<Quantiles> {
        say(&format!("when a record is consumed, at {rate:.0} appends a second"));
        self.relay.caught_up().await?;
        let watch = Stopwatch::start();
        let mut arrivals = Arrivals::listen(&self.site, &self.site.chunks(), watch)?;
        let appended = paced(&self.api, &self.sessions, rate, time, watch).await?;
        let arrived = arrivals.first(appended.len()).await?;
        let delay = |one: &super::pace::Appended| {
            let arrived = arrived.get(&one.position)?;
            Some(arrived.saturating_sub(one.acknowledged))
        };
        appended
            .iter()
            .map(delay)
            .collect::<Option<Quantiles>>()
            .ok_or_else(|| anyhow::anyhow!("a record came of something else than what was appended"))
    }

    fn show_consumed(&mut self, name: &str, delays: &Quantiles) {
        self.table.row(name, spread(delays));
        self.table.at_most("    its p99, in milliseconds", delays.at(0.99).as_secs_f64() * 1e3, GOAL);
    }
}

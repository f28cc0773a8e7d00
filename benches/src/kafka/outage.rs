//! The broker goes away and comes back, under load.

use std::time::Duration;

use super::memory::watched;
use super::pace::paced;
use super::rounds::{self, Round, Stretch};
use super::{Pace, Run};
use crate::run::say;
use crate::stopwatch::Stopwatch;
use crate::table::{count, seconds};

/// Each is measured so often, in turns.
const ROUNDS: usize = 3;

impl Run<'_> {
    pub(super) async fn outages(&mut self, pace: &Pace) -> anyhow::Result<()> {
        if self.site.own().is_none() {
            self.table.heading("Kafka: an outage");
            self.table.row("not measured", "the broker is not ours to stop");
            return Ok(());
        }
        let mut rounds = Vec::new();
        for round in 1..=ROUNDS {
            say(&format!("an outage of the broker, round {round} of {ROUNDS}"));
            // So that neither always comes behind the work of the round before.
            rounds.push(self.round(pace.rate, round.is_multiple_of(2)).await?);
        }
        self.show(pace, &rounds);
        Ok(())
    }

    fn show(&mut self, pace: &Pace, rounds: &[Round]) {
        let (away, backlog) = (seconds(self.outage()), count(super::whole(self.backlog())));
        self.table
            .heading(format!("Kafka: {}, {away} without the broker and with it, {ROUNDS} times", pace.name));
        rounds::show_appends(&mut self.table, rounds);
        rounds::show_memory(&mut self.table, rounds);
        self.table.heading(format!("Kafka: catching up with {backlog} events at least, {ROUNDS} times"));
        rounds::show_catching_up(&mut self.table, rounds);
    }

    fn outage(&self) -> Duration {
        Duration::from_secs(self.options.kafka_outage)
    }

    async fn round(&mut self, rate: f64, away_first: bool) -> anyhow::Result<Round> {
        let [there, away] =
            if away_first { self.away_and_there(rate).await } else { self.there_and_away(rate).await }?;
        let filling = self.fill().await?;
        let (caught_up, catching_up, cpu) = self.catch_up().await?;
        let limit = self.limit(caught_up.records).await?;
        Ok(Round { there, away, filling, caught_up, cpu, catching_up, limit })
    }

    /// In the end the broker is away.
    async fn there_and_away(&mut self, rate: f64) -> anyhow::Result<[Stretch; 2]> {
        self.relay.caught_up().await?;
        let there = self.stretch(rate).await?;
        self.relay.caught_up().await?;
        self.stop_broker().await?;
        Ok([there, self.stretch(rate).await?])
    }

    /// In the end the broker is away.
    async fn away_and_there(&mut self, rate: f64) -> anyhow::Result<[Stretch; 2]> {
        self.relay.caught_up().await?;
        self.stop_broker().await?;
        let away = self.stretch(rate).await?;
        self.start_broker().await?;
        self.relay.caught_up().await?;
        let there = self.stretch(rate).await?;
        self.relay.caught_up().await?;
        self.stop_broker().await?;
        Ok([there, away])
    }

    async fn stretch(&mut self, rate: f64) -> anyhow::Result<Stretch> {
        let work = paced(&self.api, &self.sessions, rate, self.outage(), Stopwatch::start());
        let (appended, memory) = watched(self.service.process(), work).await?;
        Ok(Stretch { appended, memory })
    }
}

//! The log on PostgreSQL beside what else one could do there: on one server, in one run, in turns.

mod decision;
mod fill;
mod framework;
mod grown;
mod growth;
mod load;
mod meetings;
mod ours;
mod paced;
mod pgbench;
mod place;
mod rounds;
mod server;
mod system;
mod used;
mod views;

use std::time::Duration;

use acta_throwaway::Database;

use crate::disk;
use crate::run::{say, spread};
use crate::table::{Table, count, ms};
use framework::Framework;
use load::{Client, Load, Window};
use ours::Ours;
use paced::paced;
use pgbench::{Pgbench, Ran};
use place::Place;
use rounds::Rounds;
use server::Server;

/// Of one client's commits, and of the disk.
const ALONE: Duration = Duration::from_secs(4);
const WARM_UP: Duration = Duration::from_secs(1);
const MEASURED: Duration = Duration::from_secs(4);
const WINDOW: Window = Window { warm_up: WARM_UP, measured: MEASURED };
/// At the pace of half of the throughput.
const HALF: Window = Window { warm_up: Duration::from_secs(2), measured: Duration::from_secs(10) };
/// Each way is measured so often, in turns.
const ROUNDS: usize = 3;
const FEW: usize = 64;
const MANY: usize = 512;

/// What is measured, and where the results go.
struct Run {
    place: Place,
    server: Server,
    database: Database,
    ours: Ours,
    framework: Framework,
    pgbench: Pgbench,
    table: Table,
}

/// Measures everything.
pub(crate) async fn all() -> anyhow::Result<Table> {
    let place = Place::make().await?;
    let mut run = Run::prepare(place).await?;
    run.disk()?;
    let commit = run.commit().await?;
    let rate = run.ways(FEW, [2.0, 10.0, 1.0]).await?;
    run.ways(MANY, [4.0, 10.0, 1.0]).await?;
    run.half(rate, commit).await?;
    let Run { place, server, ours, framework, database, mut table, .. } = run;
    framework.close().await;
    ours.close().await;
    database.remove().await?;
    grown::show(&place, server, &mut table).await?;
    views::show(&place, server, &mut table).await?;
    Ok(table)
}

impl Run {
    async fn prepare(place: Place) -> anyhow::Result<Self> {
        let mut table = Table::default();
        table.heading(format!("PostgreSQL: {}", place.settings().await?));
        let (server, database) = (place.server().await?, place.database().await?);
        let ours = Ours::open(&database).await?;
        for mut client in ours.clients_apart(1).await? {
            client.send().await?;
        }
        let framework = Framework::open(&database).await?;
        let pgbench = Pgbench::prepare(&database, server).await?;
        Ok(Self { place, server, database, ours, framework, pgbench, table })
    }

    fn disk(&mut self) -> anyhow::Result<()> {
        say("the disk alone");
        let folder = tempfile::tempdir()?;
        let fdatasyncs = disk::fdatasyncs(folder.path(), ALONE)?;
        self.table.heading("What durability costs");
        self.table.row("8 KiB and fdatasync", spread(&fdatasyncs));
        Ok(())
    }

    /// One durable commit: of one row, by one client.
    async fn commit(&mut self) -> anyhow::Result<Duration> {
        say("one client that commits one row after another");
        let window = Window { warm_up: WARM_UP, measured: ALONE };
        self.place.checkpoint().await?;
        let ran = self.pgbench.run(1, window).await?;
        self.table
            .row("one commit of one INSERT, one client alone", format!("{} on average", ms(ran.latency)));
        Ok(ran.latency)
    }

    /// All four ways in turns; gives the rate of ours, a session per client.
    async fn ways(&mut self, clients: usize, goals: [f64; 3]) -> anyhow::Result<f64> {
        let mut rounds = Rounds::default();
        for round in 1..=ROUNDS {
            say(&format!("{clients} clients, round {round} of {ROUNDS}"));
            rounds.inserts.push(self.inserts(clients).await?);
            let framework = self.framework.clients_apart(clients).await?;
            rounds.framework.push(self.load(framework).await?);
            let apart = self.ours.clients_apart(clients).await?;
            rounds.apart.push(self.load(apart).await?);
            let together = self.ours.clients_together(clients).await?;
            rounds.together.push(self.load(together).await?);
        }
        rounds.show(&mut self.table, clients, goals);
        Ok(rounds.rate_apart())
    }

    async fn inserts(&mut self, clients: usize) -> anyhow::Result<Ran> {
        self.place.checkpoint().await?;
        self.pgbench.run(clients, WINDOW).await
    }

    async fn load<C: Client>(&self, clients: Vec<C>) -> anyhow::Result<Load> {
        self.place.checkpoint().await?;
        load::closed(self.server, clients, WINDOW).await
    }

    /// How long a command takes when half of what is possible arrives.
    async fn half(&mut self, rate: f64, commit: Duration) -> anyhow::Result<()> {
        say("half of that throughput");
        self.place.checkpoint().await?;
        let latencies = paced(self.ours.clients_apart(FEW).await?, rate / 2.0, HALF).await?;
        self.table.heading(format!(
            "{} commands a second, evenly spaced: half of (c) with {FEW} clients",
            count(rate / 2.0)
        ));
        self.table.row("latency, from when a command was due", spread(&latencies));
        let times = latencies.at(0.99).as_secs_f64() / commit.as_secs_f64();
        self.table.at_most("its p99, in commits of one INSERT by one client", times, 4.0);
        Ok(())
    }
}

#[expect(clippy::cast_precision_loss, reason = "it is for people to read")]
fn whole(number: u64) -> f64 {
    number as f64
}

//! Whether a command costs the same however long its stream and the log are.

use std::time::Duration;

use acta_domain::SessionId;
use acta_throwaway::{Database, Login};

use super::growth::{Cost, Streams, apart, measure};
use super::load::Client as _;
use super::ours::Ours;
use super::place::{self, Place};
use super::server::Server;
use super::whole;
use crate::run::{say, spread};
use crate::stopwatch::Stopwatch;
use crate::table::{Table, count, ms};

/// Lengths of streams.
const LONG: u64 = 100_000;
const LONGEST: u64 = 1_000_000;
/// Events in the short log, in the middle of the measurement.
const SHORT_LOG: u64 = 8_000;

/// A long log with its long streams.
struct Grown {
    database: Database,
    ours: Ours,
    long: SessionId,
    longest: SessionId,
    /// Events a second.
    filled: f64,
    /// What the first command took.
    cold: Duration,
}

/// The same command in a log that is nearly empty, and in a long one.
pub(super) async fn show(place: &Place, server: Server, table: &mut Table) -> anyhow::Result<()> {
    let grown = Grown::make(place).await?;
    let other = place.database().await?;
    let nearly_empty = Ours::open(&other).await?;
    say("what a command costs in short and long streams and logs");
    let mut costs = [
        Cost::new("a short log", &nearly_empty, Streams::Short),
        Cost::new("a long log", &grown.ours, Streams::Short),
        Cost::new("a short log", &nearly_empty, Streams::Middle),
        Cost::new("a long log", &grown.ours, Streams::Middle),
        Cost::new("a long log", &grown.ours, Streams::Long(grown.long, LONG)),
        Cost::new("a long log", &grown.ours, Streams::Long(grown.longest, LONGEST)),
    ];
    measure(server, &mut costs).await?;
    let [short, long] = [SHORT_LOG, LONG + LONGEST].map(|events| count(whole(events)));
    table.heading(format!(
        "What a command costs, one client alone, in logs of some {short} and {long} events"
    ));
    for cost in &costs {
        let what = format!("{}, {} events in the stream", cost.log, count(whole(cost.length())));
        let cpu = cost.cpu().as_micros();
        table.row(what, format!("{cpu} µs of processor time, latency {}", spread(&cost.latencies())));
    }
    table.at_most("the dearest, in times of the cheapest", apart(&costs), 1.2);
    table.row(format!("first command in the stream of {}, cold", count(whole(LONGEST))), ms(grown.cold));
    table.row("that log was filled with, events a second", count(grown.filled));
    nearly_empty.close().await;
    other.remove().await?;
    grown.remove().await
}

impl Grown {
    async fn make(place: &Place) -> anyhow::Result<Self> {
        say(&format!("filling a log with {} events", LONG + LONGEST));
        let database = place.database().await?;
        let mut ours = Ours::open(&database).await?;
        let watch = Stopwatch::start();
        let long = ours.filled_session(LONG).await?;
        let longest = ours.filled_session(LONGEST).await?;
        let filled = whole(LONG + LONGEST) / watch.seconds();
        // As the server does by itself after a while.
        place::run(&database, Login::Owner, "VACUUM (ANALYZE) events".to_owned()).await?;
        place.checkpoint().await?;
        ours.forget_streams().await;
        let watch = Stopwatch::start();
        ours.client(longest).send().await?;
        let cold = watch.elapsed();
        Ok(Self { database, ours, long, longest, filled, cold })
    }

    async fn remove(self) -> anyhow::Result<()> {
        self.ours.close().await;
        Ok(self.database.remove().await?)
    }
}

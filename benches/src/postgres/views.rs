//! All views, made again from a log of meetings.

use std::sync::Arc;
use std::time::Duration;

use acta_application::leases::{HolderId, SoleInstance, Tenures};
use acta_application::log::{EventLog, Position};
use acta_application::views::Views;
use acta_postgres::PostgresViews;
use acta_projections::ProjectionKind;
use acta_projections::rebuild::{OnDifference, rebuild_all};
use acta_projections::runner::{Pace, Projections};
use anyhow::ensure;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::ours::Ours;
use super::place::Place;
use super::server::Server;
use super::used::Used;
use super::{meetings, whole};
use crate::run::say;
use crate::stopwatch::Stopwatch;
use crate::table::{Table, count, seconds};

/// What came of a rebuild.
#[derive(Debug)]
struct Rebuilt {
    events: u64,
    rows: u64,
    took: Duration,
    /// Processor time of this process and of the server.
    cpu: Duration,
    /// How long the runner took to make the views while the meetings were held, until all of it was shown.
    followed: Duration,
}

/// Of which the views are rebuilt; each makes some 400 events.
const MEETINGS: usize = 512;
/// Events a second.
const GOAL: f64 = 50_000.0;

/// Holds meetings, and shows what a rebuild of their views takes.
pub(super) async fn show(place: &Place, server: Server, table: &mut Table) -> anyhow::Result<()> {
    say(&format!("{MEETINGS} meetings, and all views of them again"));
    let database = place.database().await?;
    let ours = Ours::open(&database).await?;
    let Rebuilt { events, rows, took, cpu, followed } = rebuild(server, &ours, MEETINGS).await?;
    let each = |duration: Duration| duration.as_secs_f64() / whole(events);
    table.heading(format!(
        "{MEETINGS} meetings: {} events, {} rows in all views",
        count(whole(events)),
        count(whole(rows))
    ));
    table.row("held, and shown by the runner, events a second", count(1.0 / each(followed)));
    table.row("rebuild of all views, with the comparison", seconds(took));
    table.row("processor time of it", format!("{}, {:.1} µs an event", seconds(cpu), each(cpu) * 1e6));
    let verdict = if 1.0 / each(took) >= GOAL { "met" } else { "missed" };
    let goal = format!("at least {}, {verdict}", count(GOAL));
    table.row_with_goal("rebuild of all views, events a second", count(1.0 / each(took)), goal);
    ours.close().await;
    Ok(database.remove().await?)
}

/// Holds `sessions` meetings, and rebuilds all views of them, with the comparison to those that the runner made.
async fn rebuild(server: Server, ours: &Ours, sessions: usize) -> anyhow::Result<Rebuilt> {
    let store = Arc::new(PostgresViews::open(&ours.database).await?);
    let (log, views) = (Arc::clone(&ours.log) as Arc<dyn EventLog>, Arc::clone(&store) as Arc<dyn Views>);
    let watch = Stopwatch::start();
    let head = run_projections(ours, &log, &views, sessions).await?;
    let followed = watch.elapsed();
    let (before, watch) = (Used::now(server)?, Stopwatch::start());
    let rebuilt = rebuild_all(&ProjectionKind::ALL, &log, &views, OnDifference::Keep, |_| ()).await?;
    let (took, cpu) = (watch.elapsed(), Used::now(server)?.ours_since(&before));
    let mut rows = 0;
    for view in rebuilt {
        let report = view.outcome?;
        ensure!(report.switched && report.differing == 0, "{} was not switched", report.view);
        rows += report.rows;
    }
    store.close().await;
    Ok(Rebuilt { events: head.get(), rows, took, cpu, followed })
}

/// Holds the meetings while the runner makes the views; returns when they show everything.
async fn run_projections(
    ours: &Ours,
    log: &Arc<dyn EventLog>,
    views: &Arc<dyn Views>,
    sessions: usize,
) -> anyhow::Result<Position> {
    let tenures = Tenures::new(Arc::new(SoleInstance), HolderId(Uuid::nil()));
    let projections = Projections::start(log, views, Pace::default(), &tenures, &CancellationToken::new());
    let mut meetings = JoinSet::new();
    for session in ours.sessions(sessions).await? {
        meetings.spawn(meetings::hold(ours.use_cases(), session));
    }
    while let Some(held) = meetings.join_next().await {
        held??;
    }
    let head = *log.head().borrow();
    for kind in ProjectionKind::ALL {
        views.follow(&kind.view()).await?.wait_for(|shown| *shown >= head).await?;
    }
    projections.stop().await;
    Ok(head)
}

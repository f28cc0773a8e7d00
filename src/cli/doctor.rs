//! `acta doctor`

mod show;

use std::process::ExitCode;

use acta_application::doctor::{Check, Examined, examine};
use acta_projections::ProjectionKind;
use acta_projections::rebuild::{OnDifference, Rebuilt, rebuild_all};
use acta_proof::key::VerifyingKey;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use self::show::{Chart, sound, warning};
use crate::config::Config;
use crate::wiring::{Ground, LogAndViews, published_keys};

#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    #[command(flatten)]
    config: Config,

    /// Fold the views anew too, and compare; views that are equal are put in place of those in use
    #[arg(long)]
    views: bool,
}

/// Checks everything that was kept, says what it found, and fails if anything is wrong. Files can be checked only while the service
/// is stopped, a database at any time.
pub(crate) async fn run(args: DoctorArgs) -> anyhow::Result<ExitCode> {
    let ground = Ground::take_existing(&args.config).await?;
    let keys = published_keys(&args.config)?;
    let mut chart = Chart::default();
    on_ground(&ground);
    let written = LogAndViews::open(&ground).await?;
    let examined = log(&written, &keys).await?;
    on_log(&examined, &mut chart);
    if args.views {
        match views(&written).await {
            Ok(rebuilt) => rebuilt.into_iter().for_each(|one| on_view(one, &mut chart)),
            Err(error) => chart.fault("views", 1, &[format!("cannot be folded anew: {error:#}")]),
        }
    }
    on_erased_keys(&ground).await?;
    written.close().await?;
    ground.release().await;
    Ok(chart.verdict())
}

fn on_ground(ground: &Ground) {
    match ground {
        Ground::Folder(folder) => sound("store", &format!("SQLite in {}", folder.path().display())),
        Ground::Database { warnings, .. } => {
            sound("store", "PostgreSQL, at the migration of this version");
            sound(
                "rights",
                "row level security binds both logins; what is only appended to cannot be changed",
            );
            for what in warnings {
                warning("durability", what);
            }
        }
    }
}

async fn log(written: &LogAndViews, keys: &[VerifyingKey]) -> anyhow::Result<Examined> {
    let bar = bar("the log")?;
    let examined = examine(&*written.log, &*written.archive, keys, |at, head| {
        bar.set_length(head.get());
        bar.set_position(at.get());
    })
    .await;
    bar.finish_and_clear();
    Ok(examined?)
}

fn on_log(examined: &Examined, chart: &mut Chart) {
    let Examined { head, end, events, sessions, heads, .. } = examined;
    if end < head {
        chart.fault("log", 1, &[format!("only checked up to position {end} of {head}")]);
    }
    for check in Check::ALL {
        let well = match check {
            Check::Rows => format!("{events} events can be read"),
            Check::Positions => format!("in order, up to {end}"),
            Check::SessionIndexes => format!("no gap in {sessions} sessions"),
            Check::Sequences => "no gap in any stream".to_owned(),
            Check::Commitments => format!("{events} made again from the rows, all as they are kept"),
            Check::Heads => format!("{heads} signed by the service, over what the log holds"),
        };
        let found = examined.findings(check);
        if found.faults == 0 {
            sound(check.as_str(), &well);
        } else {
            chart.fault(check.as_str(), found.faults, &found.kept);
        }
    }
}

async fn views(written: &LogAndViews) -> anyhow::Result<Vec<Rebuilt>> {
    let bar = bar("the views")?;
    let (log, views, kinds) = (&written.log, &written.views, &ProjectionKind::ALL);
    let rebuilt = rebuild_all(kinds, log, views, OnDifference::Keep, |progress| {
        bar.set_length(progress.target.get());
        bar.set_position(progress.folded.get());
    })
    .await;
    bar.finish_and_clear();
    Ok(rebuilt?)
}

fn on_view(rebuilt: Rebuilt, chart: &mut Chart) {
    let name = format!("view {}", rebuilt.kind);
    match rebuilt.outcome {
        Ok(report) if report.differing == 0 => {
            sound(&name, &format!("{} rows, as folded anew up to {}", report.rows, report.position));
        }
        Ok(report) => {
            let differences: Vec<_> = report.differences.iter().map(ToString::to_string).collect();
            chart.fault(&name, report.differing, &differences);
        }
        Err(error) => chart.fault(&name, 1, &[format!("{:#}", anyhow::Error::from(error))]),
    }
}

/// In files, an erased key is gone when the erasure is acknowledged.
async fn on_erased_keys(ground: &Ground) -> anyhow::Result<()> {
    let Some(count) = ground.keys_to_scrub().await? else { return Ok(()) };
    match count {
        0 => sound("erased keys", "all are out of the table's file"),
        _ => warning(
            "erased keys",
            &format!("{count} are still in the table's file, wrapped: run `acta keys scrub`"),
        ),
    }
    Ok(())
}

fn bar(what: &'static str) -> anyhow::Result<ProgressBar> {
    let style = ProgressStyle::with_template("{prefix} {bar:40} {pos}/{len} events")?;
    Ok(ProgressBar::new(0).with_style(style).with_prefix(what))
}

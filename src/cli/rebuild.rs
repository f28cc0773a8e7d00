//! `acta rebuild`

use std::process::ExitCode;
use std::sync::Arc;

use acta_projections::ProjectionKind;
use acta_projections::rebuild::{OnDifference, RebuildReport, rebuild_kind};
use acta_sqlite::{DataFolder, SqliteLog, SqliteViews};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use crate::config::Config;
use crate::system::{SystemClock, SystemRandomness};

#[derive(Debug, Args)]
pub(crate) struct RebuildArgs {
    #[command(flatten)]
    config: Config,

    /// The view: sessions, attendance, floor or transcript
    view: ProjectionKind,

    /// Put the rebuilt view in the place of the one in use even if they differ
    #[arg(long)]
    switch: bool,
}

/// Rebuilds a view beside the one in use and compares; fails if they differ.
pub(crate) async fn run(args: RebuildArgs) -> anyhow::Result<ExitCode> {
    let log = args.config.data.join("log.sqlite");
    anyhow::ensure!(log.exists(), "there is no log at {}", log.display());
    let folder = DataFolder::lock(&args.config.data)?;
    let log = SqliteLog::open(&folder, Arc::new(SystemClock), Arc::new(SystemRandomness)).await?;
    let views = SqliteViews::open(&folder).await?;
    let on_difference = if args.switch { OnDifference::Switch } else { OnDifference::Keep };
    let bar = ProgressBar::new(0).with_style(ProgressStyle::with_template("{bar:40} {pos}/{len} events")?);
    let report = rebuild_kind(args.view, &log, &views, on_difference, |progress| {
        bar.set_length(progress.target.get());
        bar.set_position(progress.folded.get());
    })
    .await;
    bar.finish_and_clear();
    let report = report?;
    log.close().await?;
    views.close().await?;
    Ok(show(&report, args.switch))
}

fn show(report: &RebuildReport, switch: bool) -> ExitCode {
    println!("{}: {} events folded into {} rows", report.view, report.events, report.rows);
    for difference in &report.differences {
        println!("  differs: {difference}");
    }
    if report.differing == 0 {
        println!("the rebuilt view equals the one in use");
        return ExitCode::SUCCESS;
    }
    let done = if report.switched { "the rebuilt view is in use now" } else { "nothing was changed" };
    println!("{} rows differ; {done}", report.differing);
    if switch && report.switched { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

//! `acta rebuild`

use std::process::ExitCode;
use std::str::FromStr;

use acta_projections::ProjectionKind;
use acta_projections::catalogue::UnknownProjection;
use acta_projections::rebuild::{OnDifference, RebuildReport, Rebuilt, rebuild_all};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use crate::config::Config;
use crate::wiring::{Ground, LogAndViews};

#[derive(Debug, Args)]
pub(crate) struct RebuildArgs {
    #[command(flatten)]
    config: Config,

    /// The views: sessions, attendance, floor, transcript, assemblies, users, roles, clients, access; or all
    #[arg(required = true, value_name = "VIEW")]
    views: Vec<Wanted>,

    /// Put a rebuilt view in the place of the one in use even if they differ
    #[arg(long)]
    switch: bool,
}

/// What was named.
#[derive(Debug, Clone)]
enum Wanted {
    All,
    One(ProjectionKind),
}

impl Wanted {
    fn kinds(&self) -> &[ProjectionKind] {
        match self {
            Self::All => &ProjectionKind::ALL,
            Self::One(kind) => std::slice::from_ref(kind),
        }
    }
}

impl FromStr for Wanted {
    type Err = UnknownProjection;

    fn from_str(text: &str) -> Result<Self, UnknownProjection> {
        if text == "all" { Ok(Self::All) } else { text.parse().map(Self::One) }
    }
}

/// Rebuilds views beside those in use, in one pass over the log, and compares; fails if one differs.
pub(crate) async fn run(args: RebuildArgs) -> anyhow::Result<ExitCode> {
    let ground = Ground::take_existing(&args.config).await?;
    let written = LogAndViews::open(&ground).await?;
    let rebuilt = rebuild(&args, &written).await?;
    written.close().await?;
    ground.release().await;
    let mut well = true;
    for rebuilt in rebuilt {
        well &= show(rebuilt, args.switch);
    }
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn rebuild(args: &RebuildArgs, written: &LogAndViews) -> anyhow::Result<Vec<Rebuilt>> {
    let kinds: Vec<_> = args.views.iter().flat_map(Wanted::kinds).copied().collect();
    let on_difference = if args.switch { OnDifference::Switch } else { OnDifference::Keep };
    let bar = ProgressBar::new(0).with_style(ProgressStyle::with_template("{bar:40} {pos}/{len} events")?);
    let rebuilt = rebuild_all(&kinds, &written.log, &written.views, on_difference, |progress| {
        bar.set_length(progress.target.get());
        bar.set_position(progress.folded.get());
    })
    .await;
    bar.finish_and_clear();
    Ok(rebuilt?)
}

/// Shows what came of one view; tells whether it is well.
fn show(rebuilt: Rebuilt, switch: bool) -> bool {
    match rebuilt.outcome {
        Ok(report) => show_report(&report, switch),
        Err(error) => {
            eprintln!("acta: {}: {:#}", rebuilt.kind, anyhow::Error::from(error));
            false
        }
    }
}

fn show_report(report: &RebuildReport, switch: bool) -> bool {
    println!("{}: {} events folded into {} rows", report.view, report.events, report.rows);
    for difference in &report.differences {
        println!("  differs: {difference}");
    }
    if report.differing == 0 {
        println!("the rebuilt view equals the one in use");
        return true;
    }
    let done = if report.switched { "the rebuilt view is in use now" } else { "nothing was changed" };
    println!("{} rows differ; {done}", report.differing);
    switch && report.switched
}

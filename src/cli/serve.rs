//! `acta serve`

use std::io::IsTerminal as _;

use clap::{Args, ValueEnum};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use super::migrate;
use crate::config::Config;
use crate::system::open_as_many_files_as_may_be;
use crate::wiring;

/// How log lines look.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum LogFormat {
    /// One JSON object a line
    Json,
    /// For people
    Text,
}

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    config: Config,

    /// Bring the tables to the form that this version needs first, with the login in `MIGRATE_DATABASE_URL`
    #[arg(long)]
    migrate: bool,

    /// How log lines on standard error look
    #[arg(long, env = "ACTA_LOG_FORMAT", value_enum, default_value = "json")]
    log_format: LogFormat,
}

/// Runs the service until SIGTERM or SIGINT.
pub(crate) async fn run(args: ServeArgs) -> anyhow::Result<()> {
    start_logging(args.log_format);
    let files = open_as_many_files_as_may_be();
    tracing::debug!(files, "so many files may be open at once");
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    if args.migrate {
        migrate::before_serving(&args.config).await?;
    }
    let running = wiring::start(&args.config).await?;
    println!("acta listens on {}", running.url());
    if let Some(internal) = running.internal_url() {
        println!("acta listens for other services on {internal}");
    }
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        () = running.ended() => {}
    }
    tracing::info!("stopping: requests under way are finished first");
    running.stop().await
}

fn start_logging(format: LogFormat) {
    let filter = EnvFilter::try_from_env("ACTA_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match format {
        LogFormat::Json => lines.json().flatten_event(true).init(),
        LogFormat::Text => lines.init(),
    }
}

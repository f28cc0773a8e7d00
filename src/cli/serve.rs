//! `acta serve`

use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use super::migrate;
use crate::config::Config;
use crate::system::open_as_many_files_as_may_be;
use crate::telemetry::{self, LogFormat};
use crate::wiring;

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
    let telemetry = telemetry::start(args.log_format)?;
    let served = serve(&args).await;
    telemetry.flush().await;
    served
}

async fn serve(args: &ServeArgs) -> anyhow::Result<()> {
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
    running.stop(args.config.operation.drain()).await
}

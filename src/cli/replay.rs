//! `acta replay`

mod errand;
mod progress;

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use acta_application::log::{EventLog, Position};
use acta_application::relay::TopicName;
use acta_application::relay::replay::{Destination, Replay, ReplayError, ReplayRequest, Replayed};
use acta_domain::SessionId;
use acta_kafka::{KafkaOptions, KafkaTopics};
use anyhow::Context as _;
use clap::{Args, value_parser};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use self::errand::Errand;
use self::progress::{Progress, ProgressFile};
use crate::config::Config;
use crate::wiring::LogToRead;

#[derive(Debug, Args)]
pub(crate) struct ReplayArgs {
    /// The position of the first event
    #[arg(long, value_name = "POSITION", value_parser = value_parser!(u64).range(1..))]
    from: u64,

    /// The position of the last event [default: the last one that there is when it starts]
    #[arg(long, value_name = "POSITION", value_parser = value_parser!(u64).range(1..))]
    to: Option<u64>,

    /// Publish to this topic alone, which is made if it does not exist [default: the topics that the service publishes to]
    #[arg(long, value_name = "TOPIC", value_parser = parse_topic)]
    topic: Option<TopicName>,

    /// Publish this session's events alone
    #[arg(long, value_name = "SESSION")]
    session: Option<SessionId>,

    /// Most records a second [default: as many as the broker takes]
    #[arg(long, value_name = "N")]
    rate: Option<NonZeroU32>,

    /// The file that says how far it has come: started again with the same one, it goes on there
    #[arg(long, value_name = "FILE")]
    progress: Option<PathBuf>,

    /// How long the broker may give no answer before it is given up, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = value_parser!(u64).range(1..=86_400))]
    patience: u64,

    // Behind the others, so that these are not shown under the heading of a part of it.
    #[command(flatten)]
    config: Config,
}

/// The longest name that a broker takes.
const LONGEST_NAME: usize = 249;

fn parse_topic(name: &str) -> Result<TopicName, String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let names_nothing = matches!(name, "" | "." | "..");
    if names_nothing || name.len() > LONGEST_NAME || !name.chars().all(allowed) {
        return Err(format!("a topic is called by 1 to {LONGEST_NAME} of a-z, A-Z, 0-9, `.`, `_` and `-`"));
    }
    Ok(TopicName::new(name))
}

impl ReplayArgs {
    fn broker(&self) -> anyhow::Result<KafkaOptions> {
        self.config.kafka.options()?.context("no broker is named: set KAFKA_BROKERS, or give --kafka-brokers")
    }

    fn destination(&self) -> Destination {
        match &self.topic {
            Some(topic) => Destination::One(topic.clone()),
            None => Destination::Ordinary(self.config.kafka.topic_names()),
        }
    }
}

/// Publishes history once more; fails, saying how to go on, if it does not come to its end.
pub(crate) async fn run(args: ReplayArgs) -> anyhow::Result<ExitCode> {
    let stop = stopped_by_signals()?;
    let topics = KafkaTopics::new(args.broker()?);
    let opened = LogToRead::open(&args.config).await?;
    let code = replay(&args, opened.log(), topics, &stop).await;
    opened.close().await;
    code
}

async fn replay(
    args: &ReplayArgs,
    log: Arc<dyn EventLog>,
    topics: KafkaTopics,
    stop: &CancellationToken,
) -> anyhow::Result<ExitCode> {
    let destination = args.destination();
    let file = args.progress.as_deref().map(ProgressFile::open).transpose()?;
    let kept = file.as_ref().and_then(ProgressFile::kept);
    let errand = Errand::of(args, &destination, kept, *log.head().borrow())?;
    let begun = kept.map_or(Position::new(args.from - 1), |kept| kept.acknowledged);
    let mut progress = Progress::begin(errand.clone(), begun, file, stop, Instant::now())?;
    let request = ReplayRequest { from: begun.next(), to: errand.to, session: errand.session };
    let patience = Duration::from_secs(args.patience);
    let source = args.config.public_url.clone();
    let replay = Replay::new(log, Arc::new(topics), destination, source, patience).at_rate(args.rate);
    let replayed = replay.run(request, stop, |news| progress.told(&news, Instant::now())).await;
    let kept = progress.end(replayed.up_to);
    Ok(show(&errand, &replayed, kept))
}

/// A token that SIGTERM and SIGINT cancel.
fn stopped_by_signals() -> anyhow::Result<CancellationToken> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let stop = CancellationToken::new();
    let told = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        told.cancel();
    });
    Ok(stop)
}

/// Says what came of it; `kept` tells whether a file knows how far it came, or why it does not.
fn show(errand: &Errand, replayed: &Replayed, kept: anyhow::Result<bool>) -> ExitCode {
    let Replayed { up_to, records, ended } = replayed;
    let knows = match kept {
        Ok(knows) => knows,
        Err(error) => {
            eprintln!("acta: {error:#}");
            false
        }
    };
    match ended {
        Ok(()) => {
            println!("{}: {errand}", published(*records));
            return ExitCode::SUCCESS;
        }
        Err(ReplayError::Stopped) => eprintln!("acta: interrupted"),
        Err(error) => eprintln!("acta: {}", with_causes(error)),
    }
    // A session that the log does not have is not to be gone on with.
    if matches!(ended, Err(ReplayError::UnknownSession(_))) {
        return ExitCode::FAILURE;
    }
    eprintln!("{}", how_to_go_on(errand, *up_to, knows));
    ExitCode::FAILURE
}

fn published(records: u64) -> String {
    if records == 1 { "1 record published".to_owned() } else { format!("{records} records published") }
}

fn how_to_go_on(errand: &Errand, up_to: Position, kept: bool) -> String {
    let (done, next, to) = (up_to.get(), up_to.next(), errand.to);
    let acknowledged = match done {
        _ if up_to < errand.from => "nothing is acknowledged yet".to_owned(),
        _ => format!("everything up to position {done} is acknowledged"),
    };
    if kept {
        format!("{acknowledged}: to go on, run the same command again")
    } else {
        format!("{acknowledged}: to go on, run it again with --from {next} --to {to}")
    }
}

fn with_causes(error: &dyn std::error::Error) -> String {
    std::iter::successors(error.source(), |cause| cause.source())
        .fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

#[cfg(test)]
mod tests;

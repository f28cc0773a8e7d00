//! What the service says of itself while it runs: log lines on standard error, and spans to whoever collects traces.

mod continuing;
mod export;
mod lines;

use std::io::IsTerminal as _;
use std::time::Duration;

use acta_application::log::EXPORTED;
use anyhow::Context as _;
use clap::ValueEnum;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::filter::{EnvFilter, FilterExt as _, FilterFn, filter_fn};
use tracing_subscriber::layer::{Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;

use self::continuing::Continuing;
use self::lines::JsonLines;

/// How long the last spans may take to be handed over when the service stops.
const FLUSHING: Duration = Duration::from_secs(5);

/// How log lines look.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum LogFormat {
    /// One JSON object a line
    Json,
    /// For people
    Text,
}

/// The telemetry of this process.
pub(crate) struct Telemetry(Option<SdkTracerProvider>);

/// Writes log lines from now on, and sends spans to the receiver that `OTEL_EXPORTER_OTLP_ENDPOINT` names, if it does. It can be done
/// once, on a runtime.
pub(crate) fn start(format: LogFormat) -> anyhow::Result<Telemetry> {
    let provider = export::provider()?;
    let spans = provider.as_ref().map(|provider| {
        let tracer = Continuing::new(provider);
        tracing_opentelemetry::layer()
            .with_tracer(tracer)
            .with_context_activation(false)
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_filter(filter_fn(is_ours))
    });
    let registry = tracing_subscriber::registry().with(spans).with(lines(format));
    registry.try_init().context("log lines are written already")?;
    Ok(Telemetry(provider))
}

/// The lines, in `format`: those that `ACTA_LOG` asks for, whatever spans they are in.
fn lines<S>(format: LogFormat) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let filter = EnvFilter::try_from_env("ACTA_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let named: FilterFn = filter_fn(names_lines);
    let filter = filter.or(named);
    match format {
        LogFormat::Json => Box::new(JsonLines::new(std::io::stderr).with_filter(filter)),
        LogFormat::Text => {
            let lines = tracing_subscriber::fmt::layer();
            let lines = lines.with_ansi(std::io::stderr().is_terminal()).with_writer(std::io::stderr);
            Box::new(lines.with_filter(filter))
        }
    }
}

/// Spans of our own, and no line: what a line says is for the log alone.
fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && *metadata.level() <= Level::INFO && metadata.target().starts_with("acta")
}

/// Spans that tell whom the lines in them concern.
fn names_lines(metadata: &Metadata<'_>) -> bool {
    is_ours(metadata) && metadata.target() != EXPORTED
}

impl Telemetry {
    /// Hands the last spans over, for at most five seconds.
    pub(crate) async fn flush(self) {
        let Some(provider) = self.0 else { return };
        let flushed = tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(FLUSHING)).await;
        match flushed {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the last spans were not handed over"),
            Err(error) => tracing::warn!(%error, "the last spans were not handed over"),
        }
    }
}

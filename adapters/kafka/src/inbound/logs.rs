//! What a client of librdkafka says by itself.

use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::ConsumerContext;
use rdkafka::error::KafkaError;

/// A client whose words go to the log. It connects anew by itself, so a lost connection is nothing that anybody must act on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Logs;

impl ConsumerContext for Logs {}

/// The kinds of lines that tell of lost connections.
const CONNECTIONS: [&str; 2] = ["FAIL", "ERROR"];

impl ClientContext for Logs {
    fn log(&self, level: RDKafkaLogLevel, kind: &str, line: &str) {
        match level {
            _ if CONNECTIONS.contains(&kind) => tracing::debug!(kind, "librdkafka: {line}"),
            RDKafkaLogLevel::Info | RDKafkaLogLevel::Debug => tracing::debug!(kind, "librdkafka: {line}"),
            _ => tracing::warn!(kind, "librdkafka: {line}"),
        }
    }

    fn error(&self, error: KafkaError, reason: &str) {
        tracing::debug!(%error, "librdkafka: {reason}");
    }
}

//! What a server spends on what it delivers.

use std::time::Duration;

use super::seen::Seen;
use super::site::Site;
use crate::process::Process;
use crate::stopwatch::Stopwatch;

/// Begun before something is measured.
pub(super) struct Meter {
    server: Duration,
    client: Duration,
    watch: Stopwatch,
}

/// What was spent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spent {
    /// Processor time of the server.
    pub(super) server: Duration,
    /// Processor time of this client.
    pub(super) client: Duration,
    pub(super) took: Duration,
}

/// What was spent on what was delivered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Load {
    spent: Spent,
    /// Messages that arrived.
    delivered: f64,
    /// Bytes of the data of one.
    bytes: f64,
}

impl Meter {
    pub(super) fn begin(site: &Site) -> anyhow::Result<Self> {
        let (server, client) = (site.process().cpu()?, Process::this().cpu()?);
        Ok(Self { server, client, watch: Stopwatch::start() })
    }

    pub(super) fn end(self, site: &Site) -> anyhow::Result<Spent> {
        let server = site.process().cpu()?.saturating_sub(self.server);
        let client = Process::this().cpu()?.saturating_sub(self.client);
        Ok(Spent { server, client, took: self.watch.elapsed() })
    }
}

impl Load {
    #[expect(clippy::cast_precision_loss, reason = "it is for people to read")]
    pub(super) fn new(spent: Spent, all: &[Seen]) -> Self {
        let delivered = all.iter().map(|seen| seen.arrivals.len()).sum::<usize>() as f64;
        let bytes = all.iter().map(|seen| seen.bytes).sum::<u64>() as f64;
        Self { spent, delivered, bytes: bytes / delivered }
    }

    /// Messages a second of processor time.
    pub(super) fn per_core(&self) -> f64 {
        self.delivered / self.spent.server.as_secs_f64()
    }

    /// Messages a second, as they came.
    pub(super) fn rate(&self) -> f64 {
        self.delivered / self.spent.took.as_secs_f64()
    }

    /// How many cores the server used.
    pub(super) fn server_cores(&self) -> f64 {
        self.spent.server.as_secs_f64() / self.spent.took.as_secs_f64()
    }

    /// How many cores this client used.
    pub(super) fn client_cores(&self) -> f64 {
        self.spent.client.as_secs_f64() / self.spent.took.as_secs_f64()
    }

    pub(super) fn took(&self) -> Duration {
        self.spent.took
    }

    /// Bytes of the data of one message.
    pub(super) fn bytes(&self) -> f64 {
        self.bytes
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a message is small")]
    pub(super) fn whole_bytes(&self) -> usize {
        self.bytes.round() as usize
    }
}

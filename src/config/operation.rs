//! How the service is operated: what is too much for it, and how it stops.

use std::time::Duration;

use clap::Args;

/// How the service is operated.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Operation")]
pub(crate) struct OperationArgs {
    /// How long requests are still taken after SIGTERM, in seconds, while `/health/ready` answers 503: for whoever balances the load
    #[arg(long, value_name = "SECONDS", env = "DRAIN_SECONDS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=300))]
    drain_seconds: u64,

    /// From how much memory on `/health` says `degraded`, in MiB; 0 for never
    #[arg(long, value_name = "MIB", env = "MEMORY_LIMIT_MB", default_value_t = MEMORY)]
    memory_limit_mb: u32,
}

const MEMORY: u32 = 512;

impl Default for OperationArgs {
    fn default() -> Self {
        Self { drain_seconds: 0, memory_limit_mb: MEMORY }
    }
}

impl OperationArgs {
    /// How long requests are still taken when the service is to stop.
    pub(crate) fn drain(&self) -> Duration {
        Duration::from_secs(self.drain_seconds)
    }

    /// How many bytes of memory are not too many.
    pub(crate) fn memory_limit(&self) -> Option<u64> {
        (self.memory_limit_mb > 0).then(|| u64::from(self.memory_limit_mb) * 1024 * 1024)
    }
}

//! Who used the processor.

use std::time::Duration;

use super::server::Server;
use crate::machine;
use crate::process::Process;
use crate::stopwatch::Stopwatch;

/// Processor time so far.
#[derive(Debug, Clone, Copy)]
pub(super) struct Used {
    server: Duration,
    /// This process and the children that it has waited for.
    own: Duration,
    everybody: Duration,
    when: Stopwatch,
}

/// How many cores each used over a while.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cores {
    pub(super) server: f64,
    /// The use cases and the clients, or pgbench.
    pub(super) own: f64,
    /// Whoever else was at work on this machine: the more, the less the figures say.
    pub(super) others: f64,
}

impl Used {
    pub(super) fn now(server: Server) -> anyhow::Result<Self> {
        let this = Process::this();
        let own = this.cpu()? + this.cpu_of_children()?;
        Ok(Self { server: server.cpu()?, own, everybody: machine::busy()?, when: Stopwatch::start() })
    }

    /// Processor time of the server and of this process.
    pub(super) fn ours_since(&self, before: &Self) -> Duration {
        self.server.saturating_sub(before.server) + self.own.saturating_sub(before.own)
    }

    pub(super) fn since(&self, before: &Self) -> Cores {
        let seconds = before.when.seconds() - self.when.seconds();
        let cores = |after: Duration, before: Duration| after.saturating_sub(before).as_secs_f64() / seconds;
        let (server, own) = (cores(self.server, before.server), cores(self.own, before.own));
        let others = (cores(self.everybody, before.everybody) - server - own).max(0.0);
        Cores { server, own, others }
    }
}

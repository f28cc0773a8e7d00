//! The service under measurement, a process of its own.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStdout, Command};

use crate::process::Process;
use crate::program::Program;
use crate::stopwatch::Stopwatch;

const PATIENCE: Duration = Duration::from_mins(1);
/// Memory that comes and goes in an idle process.
const UNREST: u64 = 128 * 1024;

/// A running service.
#[derive(Debug)]
pub(crate) struct Service {
    child: Child,
    address: SocketAddr,
    process: Process,
}

impl Service {
    /// Starts it on `data`; gives how long it took until it listened.
    pub(crate) async fn start(program: &Program, data: &Path) -> anyhow::Result<(Self, Duration)> {
        let complaints = complaints(data);
        let watch = Stopwatch::start();
        let mut command = program.command("serve");
        command.args(["--listen", "127.0.0.1:0", "--seal-after", "never", "--data"]).arg(data);
        command.env("RATE_LIMIT_USER", "unlimited").env("RATE_LIMIT_TENANT", "unlimited");
        command.stdout(Stdio::piped()).stderr(File::options().create(true).append(true).open(&complaints)?);
        let mut child = command.spawn()?;
        let process = Process::number(child.id().context("it runs")?);
        let stdout = child.stdout.take().context("its output is piped")?;
        let address =
            tokio::time::timeout(PATIENCE, listening(stdout)).await.context("it does not come up")??;
        let address = address.with_context(|| format!("it ended, see {}", complaints.display()))?;
        Ok((Self { child, address, process }, watch.elapsed()))
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn process(&self) -> &Process {
        &self.process
    }

    /// What it occupies when nothing happens.
    pub(crate) async fn resident_when_idle(&self) -> anyhow::Result<u64> {
        resident_when_idle(&self.process).await
    }

    /// SIGTERM, and a good end.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        let id = self.child.id().context("it runs")?.to_string();
        Program::run(Command::new("kill").args(["-TERM", &id])).await?;
        let status =
            tokio::time::timeout(PATIENCE, self.child.wait()).await.context("it does not stop")??;
        ensure!(status.success(), "the service ended with {status}");
        Ok(())
    }
}

/// What `process` occupies when nothing happens: after two seconds at least, and once that does not change any more.
pub(crate) async fn resident_when_idle(process: &Process) -> anyhow::Result<u64> {
    let (watch, mut seen) = (Stopwatch::start(), vec![process.resident()?]);
    while watch.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_millis(250)).await;
        seen.push(process.resident()?);
        if seen.len() > 8 && is_at_rest(&seen[seen.len() - 4..]) {
            break;
        }
    }
    process.resident()
}

fn complaints(data: &Path) -> PathBuf {
    data.with_file_name("service.log")
}

fn is_at_rest(seen: &[u64]) -> bool {
    let (least, most) = (seen.iter().min(), seen.iter().max());
    least.zip(most).is_some_and(|(least, most)| most - least <= UNREST)
}

/// The address in the line `acta listens on http://…`; the rest is read away, so that the service never waits for us.
async fn listening(stdout: ChildStdout) -> anyhow::Result<Option<SocketAddr>> {
    let mut lines = BufReader::new(stdout).lines();
    while let Some(line) = lines.next_line().await? {
        if let Some(address) = line.strip_prefix("acta listens on http://") {
            let address = address.trim().parse().context("it listens somewhere else")?;
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok(Some(address));
        }
    }
    Ok(None)
}

//! The processes of a PostgreSQL server, looked at through `/proc`.

use std::fs;
use std::time::Duration;

use anyhow::Context as _;

use crate::process::Process;

/// A server, by its postmaster.
#[derive(Debug, Clone, Copy)]
pub(super) struct Server(u32);

impl Server {
    /// The server that `backend` is a process of.
    pub(super) fn of_backend(backend: u32) -> anyhow::Result<Self> {
        Process::number(backend).parent().map(Self)
    }

    /// Processor time so far: of the postmaster, of its processes that live, and of those that ended.
    pub(super) fn cpu(self) -> anyhow::Result<Duration> {
        let postmaster = Process::number(self.0);
        let mut all = postmaster.cpu()? + postmaster.cpu_of_children()?;
        for entry in fs::read_dir("/proc").context("cannot read /proc")? {
            let id = entry?.file_name().to_str().and_then(|name| name.parse::<u32>().ok());
            // One that ends meanwhile is counted with those that ended, the next time.
            if let Some(child) = id.map(Process::number)
                && child.parent().is_ok_and(|parent| parent == self.0)
            {
                all += child.cpu().unwrap_or_default();
            }
        }
        Ok(all)
    }
}

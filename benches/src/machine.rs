//! What it was measured on.

use std::fs;
use std::time::Duration;

use anyhow::Context as _;

use crate::process::TICK;

/// Processor, cores, memory and kernel, in one line.
pub(crate) fn description() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let processor = first("/proc/cpuinfo", "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let memory = first("/proc/meminfo", "MemTotal").unwrap_or_default();
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!("{cores} cores of {processor}, {memory} of memory, Linux {}", kernel.trim())
}

/// Processor time so far that was not idle, of everybody on this machine, stolen time included.
pub(crate) fn busy() -> anyhow::Result<Duration> {
    let text = fs::read_to_string("/proc/stat").context("cannot read /proc/stat")?;
    busy_ticks(&text).map(|ticks| TICK * ticks).context("/proc/stat has another form")
}

/// user, nice, system, (idle, iowait,) irq, softirq and steal of the first line.
fn busy_ticks(stat: &str) -> Option<u32> {
    let mut fields = stat.lines().next()?.split_whitespace().skip(1);
    let mut next = || fields.next()?.parse::<u32>().ok();
    let [user, nice, system, _idle, _waiting, irq, softirq, steal] =
        [next()?, next()?, next()?, next()?, next()?, next()?, next()?, next()?];
    Some(user + nice + system + irq + softirq + steal)
}

/// What stands behind the colon in the first line that begins with `name`.
fn first(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idle_and_waiting_are_not_busy() {
        assert_eq!(busy_ticks("cpu  1 2 3 1000 1000 4 5 6 0 0\ncpu0 …"), Some(21));
    }
}

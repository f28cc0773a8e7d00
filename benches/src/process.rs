//! What the kernel says of a process (proc(5)).

use std::fs;
use std::time::Duration;

use anyhow::Context as _;

/// The unit of processor times in `/proc`; Linux shows 100 ticks a second on every architecture that we build for.
pub(crate) const TICK: Duration = Duration::from_millis(10);

/// A process, looked at through `/proc`.
#[derive(Debug, Clone)]
pub(crate) struct Process(String);

impl Process {
    pub(crate) fn this() -> Self {
        Self("/proc/self".to_owned())
    }

    pub(crate) fn number(id: u32) -> Self {
        Self(format!("/proc/{id}"))
    }

    /// Processor time so far, of all its threads, in user and kernel mode.
    pub(crate) fn cpu(&self) -> anyhow::Result<Duration> {
        self.times(UTIME)
    }

    /// Processor time of the children that it has waited for.
    pub(crate) fn cpu_of_children(&self) -> anyhow::Result<Duration> {
        self.times(CUTIME)
    }

    /// The process that started it.
    pub(crate) fn parent(&self) -> anyhow::Result<u32> {
        let text = self.read("stat")?;
        let parent = fields(&text).and_then(|mut fields| fields.nth(PARENT)?.parse().ok());
        parent.with_context(|| format!("{} has another form: {text}", self.0))
    }

    /// Memory that it occupies now, in bytes.
    pub(crate) fn resident(&self) -> anyhow::Result<u64> {
        self.memory("VmRSS:")
    }

    /// The most memory that it occupied so far, in bytes.
    pub(crate) fn resident_peak(&self) -> anyhow::Result<u64> {
        self.memory("VmHWM:")
    }

    /// How many files, sockets among them, it may have open.
    pub(crate) fn open_files(&self) -> anyhow::Result<u64> {
        let text = self.read("limits")?;
        number_after(&text, "Max open files").context("/proc tells no limit of open files")
    }

    /// Bytes that it gave to the disk so far.
    pub(crate) fn written(&self) -> anyhow::Result<u64> {
        let text = self.read("io")?;
        number_after(&text, "write_bytes:").context("/proc tells no write_bytes")
    }

    fn times(&self, first: usize) -> anyhow::Result<Duration> {
        let text = self.read("stat")?;
        let ticks = ticks(&text, first).with_context(|| format!("{} has another form: {text}", self.0))?;
        Ok(TICK * ticks)
    }

    fn memory(&self, name: &str) -> anyhow::Result<u64> {
        let text = self.read("status")?;
        let kib = number_after(&text, name).with_context(|| format!("/proc tells no {name}"))?;
        Ok(kib * 1024)
    }

    fn read(&self, file: &str) -> anyhow::Result<String> {
        let path = format!("{}/{file}", self.0);
        fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))
    }
}

// Places in `stat`, counted from the first field behind the name in parentheses.
const PARENT: usize = 1;
const UTIME: usize = 11;
const CUTIME: usize = 13;

/// User and kernel ticks, which stand side by side.
fn ticks(stat: &str, first: usize) -> Option<u32> {
    let mut fields = fields(stat)?.skip(first);
    let mut next = || fields.next()?.parse::<u32>().ok();
    Some(next()? + next()?)
}

/// What stands behind the name in parentheses.
fn fields(stat: &str) -> Option<std::str::Split<'_, char>> {
    let (_, fields) = stat.rsplit_once(") ")?;
    Some(fields.split(' '))
}

fn number_after(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_behind_a_name_that_looks_like_fields() {
        let stat = "7 (a) b) S 1 7 7 0 -1 4194560 1 2 3 4 150 25 30 4 20 0 5 0 100 0 0";
        assert_eq!(ticks(stat, UTIME), Some(175));
        assert_eq!(ticks(stat, CUTIME), Some(34));
    }

    #[test]
    fn a_process_knows_who_started_it() {
        assert_eq!(Process::this().parent().unwrap(), std::os::unix::process::parent_id());
    }

    #[test]
    fn a_process_may_have_its_own_files_open() {
        assert!(Process::this().open_files().unwrap() > 3);
    }

    #[test]
    fn this_process_occupies_memory() {
        assert!(Process::this().resident().unwrap() > 100_000);
    }
}

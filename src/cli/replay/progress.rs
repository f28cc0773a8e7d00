//! How far a replay has come: shown on a terminal, and kept in a file.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use acta_application::log::Position;
use acta_application::relay::replay::ReplayNews;
use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::errand::Errand;

/// How often the file is written.
const PERIOD: Duration = Duration::from_secs(1);

/// What a file keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    #[serde(flatten)]
    pub(super) errand: Errand,
    /// Everything up to here is acknowledged.
    pub(super) acknowledged: Position,
}

/// A file that says how far a replay has come. It always holds one whole state, the one before or the one after.
#[derive(Debug)]
pub(super) struct ProgressFile {
    path: PathBuf,
    kept: Option<Kept>,
}

impl ProgressFile {
    /// The file at `path`, with what it keeps if it is there.
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        let kept = match std::fs::read(path) {
            Ok(bytes) => Some(
                serde_json::from_slice(&bytes)
                    .with_context(|| format!("{} does not say how far a replay has come", path.display()))?,
            ),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
        };
        Ok(Self { path: path.to_owned(), kept })
    }

    pub(super) fn kept(&self) -> Option<&Kept> {
        self.kept.as_ref()
    }

    fn keep(&mut self, kept: Kept) -> anyhow::Result<()> {
        if self.kept.as_ref() != Some(&kept) {
            self.write(&kept).with_context(|| format!("cannot write {}", self.path.display()))?;
            self.kept = Some(kept);
        }
        Ok(())
    }

    /// Beside the file first, and then in its place, so that a crash leaves one or the other.
    fn write(&self, kept: &Kept) -> io::Result<()> {
        let mut beside = self.path.clone().into_os_string();
        beside.push(".new");
        let mut file = File::create(&beside)?;
        file.write_all(&serde_json::to_vec(kept)?)?;
        file.sync_all()?;
        std::fs::rename(&beside, &self.path)?;
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    }
}

/// Shows and keeps how far a replay has come.
#[derive(Debug)]
pub(super) struct Progress {
    errand: Errand,
    bar: ProgressBar,
    file: Option<ProgressFile>,
    written: Instant,
    fault: Option<anyhow::Error>,
    stop: CancellationToken,
}

impl Progress {
    /// Begins behind `begun`. If the file cannot be written later, it cancels `stop`.
    pub(super) fn begin(
        errand: Errand,
        begun: Position,
        file: Option<ProgressFile>,
        stop: &CancellationToken,
        now: Instant,
    ) -> anyhow::Result<Self> {
        let style = ProgressStyle::with_template("{bar:40} {pos}/{len} positions, {msg}")?;
        let bar = ProgressBar::new((errand.to.get() + 1).saturating_sub(errand.from.get())).with_style(style);
        let stop = stop.clone();
        let mut progress = Self { errand, bar, file, written: now, fault: None, stop };
        progress.keep(begun)?;
        progress.show(begun, 0);
        Ok(progress)
    }

    /// Takes note.
    pub(super) fn told(&mut self, news: &ReplayNews<'_>, now: Instant) {
        match *news {
            ReplayNews::Acknowledged { up_to, records } => {
                self.show(up_to, records);
                self.keep_now_and_then(up_to, now);
            }
            ReplayNews::Lost(fault) => {
                self.say(&format!("the broker does not answer, and is tried again: {fault}"));
            }
            ReplayNews::Forgotten(lane) => self.say(&format!(
                "the broker has lost records that it had acknowledged ({lane}): all are published again"
            )),
        }
    }

    /// Everything up to `up_to` is acknowledged, and it is over; gives whether a file knows that, or why not.
    pub(super) fn end(mut self, up_to: Position) -> anyhow::Result<bool> {
        self.bar.finish_and_clear();
        match self.fault.take() {
            Some(fault) => Err(fault),
            None => self.keep(up_to).map(|()| self.file.is_some()),
        }
    }

    fn say(&self, what: &str) {
        self.bar.suspend(|| eprintln!("acta: {what}"));
    }

    fn show(&self, up_to: Position, records: u64) {
        self.bar.set_position((up_to.get() + 1).saturating_sub(self.errand.from.get()));
        self.bar.set_message(format!("{records} records"));
    }

    fn keep_now_and_then(&mut self, up_to: Position, now: Instant) {
        if self.fault.is_none() && now.duration_since(self.written) >= PERIOD {
            self.fault = self.keep(up_to).err();
            self.written = now;
            if self.fault.is_some() {
                self.stop.cancel();
            }
        }
    }

    fn keep(&mut self, up_to: Position) -> anyhow::Result<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        file.keep(Kept { errand: self.errand.clone(), acknowledged: up_to })
    }
}

#[cfg(test)]
mod tests;

//! What a durable write costs on this disk, whoever asks for it.

use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::time::Duration;

use crate::quantiles::Quantiles;
use crate::stopwatch::Stopwatch;

const SECTOR: usize = 4_096;
/// A page of PostgreSQL's write-ahead log.
const PAGE: usize = 8_192;
/// Pages of the file, which are written over and over: as a write-ahead log is, once it has its size.
const PAGES: usize = 1_024;

/// Writes 4 KiB and waits for fsync, again and again for `time`: how long each took.
pub(crate) fn fsyncs(folder: &Path, time: Duration) -> anyhow::Result<Quantiles> {
    writes(folder, SECTOR, File::sync_all, time)
}

/// Writes 8 KiB and waits for fdatasync, again and again for `time`: how long each took.
pub(crate) fn fdatasyncs(folder: &Path, time: Duration) -> anyhow::Result<Quantiles> {
    writes(folder, PAGE, File::sync_data, time)
}

fn writes(
    folder: &Path,
    size: usize,
    sync: fn(&File) -> std::io::Result<()>,
    time: Duration,
) -> anyhow::Result<Quantiles> {
    let (path, page) = (folder.join("fsync"), vec![0x5a; size]);
    let mut file = File::create(&path)?;
    file.write_all(&page.repeat(PAGES))?;
    file.sync_all()?;
    let mut durations = Vec::new();
    let whole = Stopwatch::start();
    while whole.elapsed() < time {
        if durations.len().is_multiple_of(PAGES) {
            file.seek(SeekFrom::Start(0))?;
        }
        let one = Stopwatch::start();
        file.write_all(&page)?;
        sync(&file)?;
        durations.push(one.elapsed());
    }
    std::fs::remove_file(path)?;
    Ok(durations.into_iter().collect())
}

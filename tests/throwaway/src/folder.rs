//! The folder of a server: what it keeps, and its log.

use std::fs::{self, File};
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use crate::Error;
use crate::programs::User;

/// How long a server may take to become ready.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(10);
/// How many lines of the log an error shows.
const LINES_SHOWN: usize = 20;

/// The folder. It is removed when this is dropped.
#[derive(Debug)]
pub(crate) struct Folder(TempDir);

impl Folder {
    /// An empty folder that belongs to the user that runs the server, the present one unless another is named.
    pub(crate) fn make(user: Option<User>) -> Result<Self, Error> {
        let folder = tempfile::Builder::new().prefix("acta-throwaway-").tempdir().map_err(Error::Folder)?;
        if let Some(user) = user {
            chown(folder.path(), Some(user.id), Some(user.group)).map_err(Error::Folder)?;
        }
        Ok(Self(folder))
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Where the server keeps its data.
    pub(crate) fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    fn log_file(&self) -> PathBuf {
        self.path().join("server.log")
    }

    /// The log, for the server to write on.
    pub(crate) fn open_log(&self) -> Result<File, Error> {
        File::options().create(true).append(true).open(self.log_file()).map_err(Error::Folder)
    }

    /// What the server has logged so far.
    pub(crate) fn log(&self) -> String {
        fs::read(self.log_file())
            .map_or_else(|_| String::new(), |log| String::from_utf8_lossy(&log).into_owned())
    }

    fn end_of_log(&self) -> String {
        let log = self.log();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(LINES_SHOWN)..].join("\n")
    }

    /// Looks until the server is ready, has ended, or has been given time enough.
    pub(crate) async fn wait_until<F: Future<Output = bool> + Send>(
        &self,
        is_ready: impl Fn() -> F,
        has_ended: impl Fn() -> bool,
    ) -> Result<(), Error> {
        let search = async {
            while !is_ready().await {
                if has_ended() {
                    return Err(Error::Ended { log: self.end_of_log() });
                }
                tokio::time::sleep(LOOK).await;
            }
            Ok(())
        };
        let late = |_| Err(Error::NotReady { waited: PATIENCE, log: self.end_of_log() });
        tokio::time::timeout(PATIENCE, search).await.unwrap_or_else(late)
    }
}

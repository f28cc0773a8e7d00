//! The folder of a cluster: its data, its socket, its log.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tempfile::TempDir;

use super::postmaster::Postmaster;
use crate::Error;
use crate::programs::{Programs, User};

/// How long a server may take to become ready.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(10);
/// How many lines of the log an error shows.
const LINES_SHOWN: usize = 20;

/// The folder. It is removed when this is dropped.
#[derive(Debug)]
pub(super) struct Data(TempDir);

impl Data {
    /// An empty folder that belongs to the user that runs the server.
    pub(super) fn make(user: Option<User>) -> Result<Self, Error> {
        let folder = tempfile::Builder::new().prefix("acta-throwaway-").tempdir().map_err(Error::Folder)?;
        if let Some(user) = user {
            chown(folder.path(), Some(user.id), Some(user.group)).map_err(Error::Folder)?;
        }
        Ok(Self(folder))
    }

    pub(super) fn folder(&self) -> &Path {
        self.0.path()
    }

    fn data(&self) -> PathBuf {
        self.folder().join("data")
    }

    fn log_file(&self) -> PathBuf {
        self.folder().join("server.log")
    }

    /// Runs `initdb`.
    pub(super) async fn fill(&self, programs: &Programs, superuser: &str) -> Result<(), Error> {
        let mut command = programs.command("initdb", self.folder());
        command.args(["--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync"]);
        command.arg("--username").arg(superuser).arg("--pgdata").arg(self.data());
        let program = command.get_program().to_string_lossy().into_owned();
        let output = tokio::process::Command::from(command).kill_on_drop(true).output().await;
        let output = output.map_err(|source| Error::Unrunnable { program: program.clone(), source })?;
        if output.status.success() {
            return Ok(());
        }
        Err(Error::Failed { program, output: String::from_utf8_lossy(&output.stderr).into_owned() })
    }

    /// Starts the server, in a process group of its own: whoever interrupts a test does not interrupt the server first.
    pub(super) fn spawn(
        &self,
        programs: &Programs,
        port: u16,
        settings: &[String],
    ) -> Result<Postmaster, Error> {
        let log = File::options().create(true).append(true).open(self.log_file()).map_err(Error::Folder)?;
        let mut command = programs.command("postgres", self.folder());
        command.arg("-D").arg(self.data()).arg("-p").arg(port.to_string()).arg("-k").arg(self.folder());
        command.args(["-c", "listen_addresses=127.0.0.1"]);
        for setting in settings {
            command.arg("-c").arg(setting);
        }
        let program = command.get_program().to_string_lossy().into_owned();
        command.process_group(0).stderr(log).stdout(Stdio::null());
        let process = command.spawn().map_err(|source| Error::Unrunnable { program, source })?;
        Ok(Postmaster(process))
    }

    /// Waits until the server says in its lock file that it takes connections.
    pub(super) async fn wait_until_ready(
        &self,
        postmaster: u32,
        has_ended: impl Fn() -> bool,
    ) -> Result<(), Error> {
        let search = async {
            while !self.is_ready(postmaster) {
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

    /// The first line of the lock file is the process, the last the state. One of an earlier process may lie there.
    fn is_ready(&self, postmaster: u32) -> bool {
        let lock: io::Result<String> = fs::read_to_string(self.data().join("postmaster.pid"));
        lock.is_ok_and(|lock| {
            lock.lines().next() == Some(postmaster.to_string().as_str())
                && lock.lines().last().is_some_and(|state| state.trim() == "ready")
        })
    }

    pub(super) fn log(&self) -> String {
        fs::read(self.log_file())
            .map_or_else(|_| String::new(), |log| String::from_utf8_lossy(&log).into_owned())
    }

    fn end_of_log(&self) -> String {
        let log = self.log();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(LINES_SHOWN)..].join("\n")
    }
}

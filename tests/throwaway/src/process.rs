//! A server's first process, and those that it starts.

use std::fs;
use std::io;
use std::process::Child;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::Error;

/// How often a state is looked at.
const LOOK: Duration = Duration::from_millis(10);
/// How long a server may take to end.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running server.
#[derive(Debug)]
pub(crate) struct ServerProcess(Child);

impl ServerProcess {
    pub(crate) fn new(child: Child) -> Self {
        Self(child)
    }

    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        // An error says that there is no such process to wait for.
        !matches!(self.0.try_wait(), Ok(None))
    }

    /// Sends a signal and waits for the end.
    pub(crate) async fn end(&mut self, signal: Signal) -> Result<(), Error> {
        if self.has_ended() {
            return Ok(());
        }
        send(self.id(), signal);
        self.ended().await
    }

    /// Ends it and all its processes at once, none of which can do anything about it.
    pub(crate) async fn kill(&mut self) -> Result<(), Error> {
        // Stopped first: it would answer the death of a child with new children.
        send(self.id(), Signal::STOP);
        let id = self.id();
        within(PATIENCE, || self.has_ended() || Process::read(id).is_none_or(|process| process.is_stopped()))
            .await?;
        let children: Vec<u32> =
            Process::all().filter(|process| process.parent == id).map(|process| process.id).collect();
        for process in children.iter().chain([&id]) {
            send(*process, Signal::KILL);
        }
        self.ended().await?;
        within(PATIENCE, || {
            children.iter().all(|child| Process::read(*child).is_none_or(|process| process.is_dead()))
        })
        .await
    }

    async fn ended(&mut self) -> Result<(), Error> {
        within(PATIENCE, || self.has_ended()).await
    }

    /// Ends it at once, blocking.
    pub(crate) fn end_now(&mut self, signal: Signal) {
        if !self.has_ended() {
            send(self.id(), signal);
            // PostgreSQL itself gives up on its children after five seconds.
            let _ = self.0.wait();
        }
    }
}

/// Looks until it is so.
async fn within(patience: Duration, mut look: impl FnMut() -> bool) -> Result<(), Error> {
    let search = async {
        while !look() {
            tokio::time::sleep(LOOK).await;
        }
    };
    tokio::time::timeout(patience, search).await.map_err(|_| Error::NotStopped { waited: patience })
}

/// A process that is gone already needs no signal.
fn send(process: u32, signal: Signal) {
    let process = i32::try_from(process).ok().and_then(Pid::from_raw);
    if let Some(process) = process {
        let _ = kill_process(process, signal);
    }
}

/// What everybody may know about a process: the first fields of `/proc/<id>/stat`.
struct Process {
    id: u32,
    state: char,
    parent: u32,
}

impl Process {
    fn all() -> impl Iterator<Item = Self> {
        let entries = fs::read_dir("/proc").into_iter().flatten().filter_map(io::Result::ok);
        entries.filter_map(|entry| Self::read(entry.file_name().to_str()?.parse().ok()?))
    }

    fn read(id: u32) -> Option<Self> {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        // The name, in parentheses, may have spaces and parentheses in it.
        let (_, fields) = stat.rsplit_once(')')?;
        let mut fields = fields.split_ascii_whitespace();
        Some(Self { id, state: fields.next()?.chars().next()?, parent: fields.next()?.parse().ok()? })
    }

    fn is_stopped(&self) -> bool {
        matches!(self.state, 'T' | 't')
    }

    /// Also when nobody has asked for its exit status yet.
    fn is_dead(&self) -> bool {
        matches!(self.state, 'Z' | 'X')
    }
}

//! A server's life: it is started, ended and started again, and it never outlives whoever started it.

use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::process::Signal;

use crate::Error;
use crate::keeper::Keeper;
use crate::process::ServerProcess;

/// The process of a server, when there is one. It ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Running {
    state: Mutex<State>,
    at_last: Signal,
}

#[derive(Debug)]
struct State {
    /// `None` while it is stopped, and taken out by whoever is stopping it.
    process: Option<ServerProcess>,
    keeper: Keeper,
}

impl Running {
    /// No process yet. `at_last` ends the one that is there when this is dropped; for `ending` see [`Keeper::start`].
    pub(crate) fn none(folder: &Path, at_last: Signal, ending: &str) -> Result<Self, Error> {
        let keeper = Keeper::start(folder, ending).map_err(Error::Folder)?;
        Ok(Self { state: Mutex::new(State { process: None, keeper }), at_last })
    }

    /// Starts the server, unless it runs, and gives the number of its process.
    pub(crate) fn start(&self, mut command: Command) -> Result<u32, Error> {
        let mut state = self.state();
        if state.process.as_mut().is_some_and(|process| !process.has_ended()) {
            return Err(Error::Running);
        }
        let program = command.get_program().to_string_lossy().into_owned();
        let child = command.spawn().map_err(|source| Error::Unrunnable { program, source })?;
        let process = ServerProcess::new(child);
        let id = process.id();
        state.process = Some(process);
        state.keeper.watch(Some(id)).map_err(Error::Folder)?;
        Ok(id)
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.state().process.as_mut().is_none_or(ServerProcess::has_ended)
    }

    /// Sends a signal and waits for the end.
    pub(crate) async fn end(&self, signal: Signal) -> Result<(), Error> {
        let mut process = self.take()?;
        let ended = process.end(signal).await;
        self.settle(process, ended)
    }

    /// Kills it and all its processes.
    pub(crate) async fn kill(&self) -> Result<(), Error> {
        let mut process = self.take()?;
        let ended = process.kill().await;
        self.settle(process, ended)
    }

    fn take(&self) -> Result<ServerProcess, Error> {
        self.state().process.take().ok_or(Error::NotRunning)
    }

    /// A server that did not end is put back, so that a drop still ends it.
    fn settle(&self, process: ServerProcess, ended: Result<(), Error>) -> Result<(), Error> {
        let mut state = self.state();
        if ended.is_err() {
            state.process = Some(process);
            return ended;
        }
        state.keeper.watch(None).map_err(Error::Folder)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(process) = &mut state.process {
            process.end_now(self.at_last);
            // The keeper must not end a process that was given the same number since.
            let _ = state.keeper.watch(None);
        }
    }
}

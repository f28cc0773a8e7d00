//! A server of one's own.

mod data;
mod keeper;
mod options;
mod port;
mod postmaster;

use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::process::Signal;

use crate::programs::Programs;
use crate::{Error, Server};
use data::Data;
use keeper::Keeper;
pub use options::Options;
use postmaster::Postmaster;

/// The superuser of every cluster.
const SUPERUSER: &str = "postgres";
/// How often another port is tried.
const ATTEMPTS: usize = 5;

/// A `PostgreSQL` server in a temporary folder, on 127.0.0.1 and a Unix socket in that folder. It trusts whoever connects.
///
/// When it is dropped, or the process ends in any way, the server ends and the folder is removed. It does not depend on the runtime
/// that it was started in.
#[derive(Debug)]
pub struct Cluster {
    /// In front of the data, because the server ends before its folder goes.
    running: Mutex<Running>,
    data: Data,
    server: Server,
    options: Options,
    programs: Programs,
}

#[derive(Debug)]
struct Running {
    /// `None` while it is stopped, and taken out by whoever is stopping it.
    postmaster: Option<Postmaster>,
    keeper: Keeper,
}

impl Cluster {
    /// Makes a cluster, starts it, and waits until it takes connections.
    ///
    /// # Errors
    /// When there is no server to run, or it does not come up: [`Error`] says what to install, or what its log says.
    pub async fn start(options: Options) -> Result<Self, Error> {
        let programs = Programs::find()?;
        let data = Data::make(programs.user())?;
        let keeper = Keeper::start(data.folder()).map_err(Error::Folder)?;
        data.fill(&programs, SUPERUSER).await?;
        let server = Server::new("127.0.0.1", 0, SUPERUSER);
        let running = Mutex::new(Running { postmaster: None, keeper });
        let mut cluster = Self { running, data, server, options, programs };
        cluster.start_somewhere().await?;
        Ok(cluster)
    }

    /// Another process may take a port between our look and the server's start.
    async fn start_somewhere(&mut self) -> Result<(), Error> {
        for _ in 1..ATTEMPTS {
            self.server = Server::new("127.0.0.1", port::free()?, SUPERUSER);
            match self.start_again().await {
                Err(Error::Ended { .. }) => {}
                done => return done,
            }
        }
        self.start_again().await
    }

    /// Where it is.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// The URL of a database, for the superuser.
    pub fn url(&self, database: &str) -> String {
        self.server.url(database)
    }

    /// The TCP port, the same after [`Self::start_again`].
    pub fn port(&self) -> u16 {
        self.server.port()
    }

    /// What the server has logged so far.
    pub fn log(&self) -> String {
        self.data.log()
    }

    /// Ends it in good order, without waiting for connections to end by themselves.
    ///
    /// # Errors
    /// [`Error::NotRunning`]; [`Error::NotStopped`] when it takes more than a minute.
    pub async fn stop(&self) -> Result<(), Error> {
        let mut postmaster = self.take()?;
        let ended = postmaster.end(Signal::INT).await;
        self.settle(postmaster, ended)
    }

    /// Ends it at once, as after a crash: what was committed is recovered at the next start.
    ///
    /// # Errors
    /// [`Error::NotRunning`]; [`Error::NotStopped`] when it takes more than a minute.
    pub async fn stop_immediately(&self) -> Result<(), Error> {
        let mut postmaster = self.take()?;
        let ended = postmaster.end(Signal::QUIT).await;
        self.settle(postmaster, ended)
    }

    /// Kills all its processes.
    ///
    /// # Errors
    /// [`Error::NotRunning`]; [`Error::NotStopped`] when it takes more than a minute.
    pub async fn kill(&self) -> Result<(), Error> {
        let mut postmaster = self.take()?;
        let ended = postmaster.kill().await;
        self.settle(postmaster, ended)
    }

    /// Starts it on the same folder and port, and waits until it has recovered and takes connections. A server that ended by itself
    /// can be started again too.
    ///
    /// # Errors
    /// [`Error::Running`], or what its log says when it does not come up.
    pub async fn start_again(&self) -> Result<(), Error> {
        let postmaster = self.spawn()?;
        self.data.wait_until_ready(postmaster, || self.has_ended()).await
    }

    fn spawn(&self) -> Result<u32, Error> {
        let mut running = self.running();
        if running.postmaster.as_mut().is_some_and(|postmaster| !postmaster.has_ended()) {
            return Err(Error::Running);
        }
        let postmaster = self.data.spawn(&self.programs, self.port(), &self.options.all_settings())?;
        let id = postmaster.id();
        running.postmaster = Some(postmaster);
        running.keeper.watch(Some(id)).map_err(Error::Folder)?;
        Ok(id)
    }

    fn has_ended(&self) -> bool {
        self.running().postmaster.as_mut().is_none_or(Postmaster::has_ended)
    }

    fn take(&self) -> Result<Postmaster, Error> {
        self.running().postmaster.take().ok_or(Error::NotRunning)
    }

    /// A server that did not end is put back, so that a drop still ends it.
    fn settle(&self, postmaster: Postmaster, ended: Result<(), Error>) -> Result<(), Error> {
        let mut running = self.running();
        if ended.is_err() {
            running.postmaster = Some(postmaster);
            return ended;
        }
        running.keeper.watch(None).map_err(Error::Folder)
    }

    fn running(&self) -> MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(postmaster) = &mut self.postmaster {
            postmaster.end_now();
            // The keeper must not end a process that was given the same number since.
            let _ = self.keeper.watch(None);
        }
    }
}

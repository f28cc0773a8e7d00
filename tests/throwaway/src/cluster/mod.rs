//! A server of one's own.

mod data;
mod options;

use std::future::ready;

use rustix::process::Signal;

use crate::folder::Folder;
use crate::programs::Programs;
use crate::running::Running;
use crate::{Error, Server, port};
pub use options::Options;

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
    running: Running,
    folder: Folder,
    server: Server,
    options: Options,
    programs: Programs,
}

impl Cluster {
    /// Makes a cluster, starts it, and waits until it takes connections.
    ///
    /// # Errors
    /// When there is no server to run, or it does not come up: [`Error`] says what to install, or what its log says.
    pub async fn start(options: Options) -> Result<Self, Error> {
        let programs = Programs::find()?;
        let folder = Folder::make(programs.user())?;
        let running = Running::none(folder.path(), Signal::QUIT, data::ENDING)?;
        data::fill(&folder, &programs, SUPERUSER).await?;
        let server = Server::new("127.0.0.1", 0, SUPERUSER);
        let mut cluster = Self { running, folder, server, options, programs };
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
        self.folder.log()
    }

    /// Ends it in good order, without waiting for connections to end by themselves.
    ///
    /// # Errors
    /// [`Error::NotRunning`]; [`Error::NotStopped`] when it takes more than a minute.
    pub async fn stop(&self) -> Result<(), Error> {
        self.running.end(Signal::INT).await
    }

    /// Ends it at once, as after a crash: what was committed is recovered at the next start.
    ///
    /// # Errors
    /// [`Error::NotRunning`]; [`Error::NotStopped`] when it takes more than a minute.
    pub async fn stop_immediately(&self) -> Result<(), Error> {
        self.running.end(Signal::QUIT).await
    }

    /// Kills all its processes.
    ///
    /// # Errors
    /// [`Error::NotRunning`]; [`Error::NotStopped`] when it takes more than a minute.
    pub async fn kill(&self) -> Result<(), Error> {
        self.running.kill().await
    }

    /// Starts it on the same folder and port, and waits until it has recovered and takes connections. A server that ended by itself
    /// can be started again too.
    ///
    /// # Errors
    /// [`Error::Running`], or what its log says when it does not come up.
    pub async fn start_again(&self) -> Result<(), Error> {
        let settings = self.options.all_settings();
        let command = data::server(&self.folder, &self.programs, self.port(), &settings)?;
        let postmaster = self.running.start(command)?;
        let is_ready = || ready(data::is_ready(&self.folder, postmaster));
        self.folder.wait_until(is_ready, || self.running.has_ended()).await
    }
}

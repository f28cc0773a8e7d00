//! A Kafka broker of one's own.

mod any;
mod handshake;
mod program;

use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::process::Signal;
use uuid::Uuid;

use crate::folder::Folder;
use crate::keeper::KILLED;
use crate::running::Running;
use crate::{Error, port};
pub use any::EXISTING_BROKER;
use program::Program;
pub use program::{DURABLE_BROKER, FORGETFUL_BROKER};

/// How often another port is tried.
const ATTEMPTS: usize = 5;

/// What a broker still knows after it was killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Memory {
    /// The everyday one: starts in a moment, keeps everything in memory, and writes all of it to one file once a second when something has
    /// changed, and when it is stopped. A killed one forgets what it acknowledged in that second, or longer when there is much to write:
    /// records, the topics that were made, and the offsets that groups committed. Some ten megabytes are enough for it.
    Forgetful,
    /// Keeps every acknowledged record.
    Durable,
}

/// A Kafka broker in a temporary folder, on 127.0.0.1, in plain text.
///
/// When it is dropped, or the process ends in any way, the broker ends and the folder is removed. It does not depend on the runtime
/// that it was started in.
#[derive(Debug)]
pub struct Broker {
    /// In front of the folder, because the broker ends before its folder goes.
    running: Running,
    folder: Folder,
    program: Program,
    memory: Memory,
    port: u16,
}

impl Broker {
    /// Starts a broker without topics, and waits until it answers.
    ///
    /// # Errors
    /// [`Error::NoBroker`] when there is none to start; [`Error::Ended`] and [`Error::NotReady`], with its log, when it does not come up.
    pub async fn start(memory: Memory) -> Result<Self, Error> {
        let program = Program::find(memory)?;
        let folder = Folder::make(None)?;
        let running = Running::none(folder.path(), Signal::KILL, KILLED)?;
        let mut broker = Self { running, folder, program, memory, port: 0 };
        broker.start_somewhere().await?;
        Ok(broker)
    }

    /// Starts a durable one, when the environment names one in [`DURABLE_BROKER`]; `None` otherwise: then a trial says that it was not
    /// run, and why.
    ///
    /// # Errors
    /// Those of [`Self::start`].
    pub async fn durable() -> Result<Option<Self>, Error> {
        match Self::start(Memory::Durable).await {
            Err(Error::NoBroker { .. }) => Ok(None),
            done => done.map(Some),
        }
    }

    /// Another process may take a port between our look and the broker's start.
    async fn start_somewhere(&mut self) -> Result<(), Error> {
        for _ in 1..ATTEMPTS {
            self.port = port::free()?;
            match self.start_again().await {
                Err(Error::Ended { .. }) => {}
                done => return done,
            }
        }
        self.start_again().await
    }

    /// What a client's `bootstrap.servers` is: `HOST:PORT`, the same after [`Self::start_again`].
    pub fn bootstrap(&self) -> String {
        self.address().to_string()
    }

    /// The address, also the one that it tells its clients.
    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// What it still knows after it was killed.
    pub fn memory(&self) -> Memory {
        self.memory
    }

    /// Where it keeps its data, until it is dropped.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        self.folder.log()
    }

    /// Ends it in good order: either kind keeps everything.
    ///
    /// # Errors
    /// [`Error::NotRunning`]; [`Error::NotStopped`] when it takes more than a minute.
    pub async fn stop(&self) -> Result<(), Error> {
        self.running.end(Signal::TERM).await
    }

    /// Kills it, and all its processes.
    ///
    /// # Errors
    /// [`Error::NotRunning`]; [`Error::NotStopped`] when it takes more than a minute.
    pub async fn kill(&self) -> Result<(), Error> {
        self.running.kill().await
    }

    /// Starts it on the same folder and port, and waits until it answers. A broker that ended by itself can be started again too.
    ///
    /// # Errors
    /// [`Error::Running`], or what its log says when it does not come up.
    pub async fn start_again(&self) -> Result<(), Error> {
        self.running.start(self.command()?)?;
        let is_ready = || handshake::is_ready(self.address());
        self.folder.wait_until(is_ready, || self.running.has_ended()).await
    }

    /// In a process group of its own: whoever interrupts a test does not interrupt the broker first.
    fn command(&self) -> Result<Command, Error> {
        let mut command = self.program.command(self.address(), &self.folder.data());
        let log = self.folder.open_log()?;
        command.stdout(log.try_clone().map_err(Error::Folder)?).stderr(log);
        command.current_dir(self.folder.path()).stdin(Stdio::null()).process_group(0);
        Ok(command)
    }
}

/// The beginning of topic and group names that nobody else uses, such as `test-3f2b….`: on a broker that others use too, it keeps
/// tests apart.
#[expect(clippy::disallowed_methods, reason = "a throw-away name need not be repeatable")]
pub fn fresh_prefix() -> String {
    format!("test-{}.", Uuid::new_v4().simple())
}

//! A Redis server of one's own.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::process::Signal;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::OnceCell;

use crate::folder::Folder;
use crate::keeper::KILLED;
use crate::running::Running;
use crate::{Error, port};

/// The environment variable that names a Redis server which is there already: its URL, such as `redis://127.0.0.1:6379/15`. Tests leave
/// keys in it that expire.
pub const EXISTING_REDIS: &str = "ACTA_TEST_REDIS";

const PROGRAM: &str = "redis-server";
/// How often another port is tried.
const ATTEMPTS: usize = 5;
/// How long a server may take for one answer before it is asked again.
const ANSWER: Duration = Duration::from_secs(1);

/// A static is never dropped: the server's keeper ends it when this process ends.
static OWN: OnceCell<Redis> = OnceCell::const_new();

/// A Redis server in a temporary folder, on 127.0.0.1. It keeps everything in memory: one that is started again is empty.
///
/// When it is dropped, or the process ends in any way, the server ends and the folder is removed. It does not depend on the runtime
/// that it was started in.
#[derive(Debug)]
pub struct Redis {
    /// In front of the folder, because the server ends before its folder goes.
    running: Running,
    folder: Folder,
    settings: Vec<(String, String)>,
    port: u16,
}

impl Redis {
    /// Starts an empty server that lets everybody in, and waits until it answers.
    ///
    /// # Errors
    /// [`Error::NoRedis`] when there is none to start; [`Error::Ended`] and [`Error::NotReady`], with its log, when it does not come up.
    pub async fn start() -> Result<Self, Error> {
        Self::start_with(&[]).await
    }

    /// The same with settings of `redis.conf` besides, such as `("requirepass", "secret")`. A server with `tls-cert-file` speaks nothing
    /// but TLS.
    ///
    /// # Errors
    /// Those of [`Self::start`].
    pub async fn start_with(settings: &[(&str, &str)]) -> Result<Self, Error> {
        let folder = Folder::make(None)?;
        let running = Running::none(folder.path(), Signal::KILL, KILLED)?;
        let settings =
            settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut redis = Self { running, folder, settings, port: 0 };
        redis.start_somewhere().await?;
        Ok(redis)
    }

    /// The URL of the server that [`EXISTING_REDIS`] names; else of one of this process's own, which is started by the first call and
    /// goes away with the process. Others use it too: see [`fresh_prefix`](crate::fresh_prefix).
    ///
    /// # Errors
    /// Those of [`Self::start`].
    pub async fn any() -> Result<String, Error> {
        match std::env::var(EXISTING_REDIS) {
            Ok(named) if !named.is_empty() => Ok(named),
            _ => OWN.get_or_try_init(Self::start).await.map(Self::url),
        }
    }

    /// Another process may take a port between our look and the server's start.
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

    /// Its URL, the same after [`Self::start_again`], without a login.
    pub fn url(&self) -> String {
        let scheme = if self.speaks_tls() { "rediss" } else { "redis" };
        format!("{scheme}://{}", self.address())
    }

    /// The address.
    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// Its folder, until it is dropped.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        self.folder.log()
    }

    /// Kills it: it forgets everything.
    ///
    /// # Errors
    /// [`Error::NotRunning`]; [`Error::NotStopped`] when it takes more than a minute.
    pub async fn kill(&self) -> Result<(), Error> {
        self.running.kill().await
    }

    /// Starts it on the same port, empty.
    ///
    /// # Errors
    /// [`Error::Running`], or what its log says when it does not come up.
    pub async fn start_again(&self) -> Result<(), Error> {
        self.running.start(self.command()?).map_err(none_installed)?;
        let is_ready = || self.is_ready();
        self.folder.wait_until(is_ready, || self.running.has_ended()).await
    }

    /// One that speaks TLS listens when it is ready for it.
    async fn is_ready(&self) -> bool {
        if self.speaks_tls() {
            TcpStream::connect(self.address()).await.is_ok()
        } else {
            answers(self.address()).await
        }
    }

    fn speaks_tls(&self) -> bool {
        self.settings.iter().any(|(name, _)| name == "tls-cert-file")
    }

    /// In a process group of its own: whoever interrupts a test does not interrupt the server first.
    fn command(&self) -> Result<Command, Error> {
        let (tcp, tls) = if self.speaks_tls() { (0, self.port) } else { (self.port, 0) };
        let mut command = Command::new(PROGRAM);
        command.env_clear().envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        command.args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
        command.args(["--port", &tcp.to_string(), "--tls-port", &tls.to_string()]);
        for (name, value) in &self.settings {
            command.arg(format!("--{name}")).args(value.split(' '));
        }
        let log = self.folder.open_log()?;
        command.stdout(log.try_clone().map_err(Error::Folder)?).stderr(log);
        command.current_dir(self.folder.path()).stdin(Stdio::null()).process_group(0);
        Ok(command)
    }
}

fn none_installed(error: Error) -> Error {
    match error {
        Error::Unrunnable { source, .. } if source.kind() == ErrorKind::NotFound => Error::NoRedis,
        other => other,
    }
}

/// Whether it says anything at all: also that one must log in.
async fn answers(address: SocketAddr) -> bool {
    let asking = async {
        let mut server = TcpStream::connect(address).await?;
        server.write_all(b"PING\r\n").await?;
        server.read(&mut [0; 64]).await
    };
    matches!(tokio::time::timeout(ANSWER, asking).await, Ok(Ok(1..)))
}

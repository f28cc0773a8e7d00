//! A command with a server of its own.

use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;
use std::time::Duration;

use acta_throwaway::{Cluster, Error, Options, SHARED_SERVER};
use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};
use tokio::signal::unix::{Signal as Signals, SignalKind, signal};

/// Many tests at once, each with pools of connections.
const CONNECTIONS: u16 = 400;
/// How long an interrupted command may take to end.
const GRACE: Duration = Duration::from_secs(10);

/// Runs the command, and gives its exit status as a shell does.
pub(crate) async fn with_cluster(program: &OsStr, arguments: &[OsString]) -> Result<u8, Error> {
    let unrunnable = |source| Error::Unrunnable { program: program.to_string_lossy().into_owned(), source };
    let mut interruptions = Interruptions::listen().map_err(unrunnable)?;
    let cluster = tokio::select! {
        cluster = Cluster::start(Options::fast().with_connections(CONNECTIONS)) => cluster?,
        interruption = interruptions.next() => return Ok(of_signal(interruption.as_raw())),
    };
    let mut command = Command::new(program);
    command.args(arguments).env(SHARED_SERVER, cluster.server().base_url()).kill_on_drop(true);
    let mut child = command.spawn().map_err(unrunnable)?;
    let status = tokio::select! {
        status = child.wait() => status,
        interruption = interruptions.next() => interrupted(&mut child, interruption).await,
    };
    status.map(code).map_err(unrunnable)
}

fn code(status: ExitStatus) -> u8 {
    let code = status.code().unwrap_or_else(|| i32::from(of_signal(status.signal().unwrap_or_default())));
    u8::try_from(code).unwrap_or(u8::MAX)
}

fn of_signal(signal: i32) -> u8 {
    u8::try_from(128 + signal).unwrap_or(u8::MAX)
}

/// Passes the signal on, and waits for the end. What a terminal interrupts, it interrupts as a whole: then the command knows.
async fn interrupted(child: &mut Child, interruption: Signal) -> io::Result<ExitStatus> {
    let command_knows = interruption == Signal::INT && io::stdin().is_terminal();
    let process = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    if let (Some(process), false) = (process, command_knows) {
        // It may have ended by itself in the meantime.
        let _ = kill_process(process, interruption);
    }
    if let Ok(status) = tokio::time::timeout(GRACE, child.wait()).await {
        return status;
    }
    child.kill().await?;
    child.wait().await
}

/// The signals that ask a program to end.
struct Interruptions {
    interrupt: Signals,
    terminate: Signals,
    hang_up: Signals,
}

impl Interruptions {
    fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.interrupt.recv() => Signal::INT,
            _ = self.terminate.recv() => Signal::TERM,
            _ = self.hang_up.recv() => Signal::HUP,
        }
    }
}

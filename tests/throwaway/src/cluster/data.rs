//! What a cluster keeps, and the commands that work on it.

use std::fs;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

use crate::Error;
use crate::folder::Folder;
use crate::programs::Programs;

/// Ends the server for its keeper. It removes `postmaster.pid` when it is done; a killed one leaves it, with the number of its shared
/// memory at the end of the seventh line.
pub(super) const ENDING: &str = r#"
lock="$folder/data/postmaster.pid"
if [ -n "$process" ]; then
    kill -QUIT "$process"
    tries=100
    while [ "$tries" -gt 0 ] && [ -e "$lock" ] && kill -0 "$process"; do
        sleep 0.1
        tries=$((tries - 1))
    done
    kill -KILL "$process"
fi
[ -e "$lock" ] && ipcrm -m "$(sed -n '7s/.* //p' "$lock")"
"#;

/// Runs `initdb`.
pub(super) async fn fill(folder: &Folder, programs: &Programs, superuser: &str) -> Result<(), Error> {
    let mut command = programs.command("initdb", folder.path());
    command.args(["--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync"]);
    command.arg("--username").arg(superuser).arg("--pgdata").arg(folder.data());
    let program = command.get_program().to_string_lossy().into_owned();
    let output = tokio::process::Command::from(command).kill_on_drop(true).output().await;
    let output = output.map_err(|source| Error::Unrunnable { program: program.clone(), source })?;
    if output.status.success() {
        return Ok(());
    }
    Err(Error::Failed { program, output: String::from_utf8_lossy(&output.stderr).into_owned() })
}

/// What runs the server, in a process group of its own: whoever interrupts a test does not interrupt the server first.
pub(super) fn server(
    folder: &Folder,
    programs: &Programs,
    port: u16,
    settings: &[String],
) -> Result<Command, Error> {
    let mut command = programs.command("postgres", folder.path());
    command.arg("-D").arg(folder.data()).arg("-p").arg(port.to_string()).arg("-k").arg(folder.path());
    command.args(["-c", "listen_addresses=127.0.0.1"]);
    for setting in settings {
        command.arg("-c").arg(setting);
    }
    command.process_group(0).stderr(folder.open_log()?).stdout(Stdio::null());
    Ok(command)
}

/// Whether the server says in its lock file that it takes connections: the first line is the process, the last the state. One of an
/// earlier process may lie there.
pub(super) fn is_ready(folder: &Folder, postmaster: u32) -> bool {
    let lock: io::Result<String> = fs::read_to_string(folder.data().join("postmaster.pid"));
    lock.is_ok_and(|lock| {
        lock.lines().next() == Some(postmaster.to_string().as_str())
            && lock.lines().last().is_some_and(|state| state.trim() == "ready")
    })
}

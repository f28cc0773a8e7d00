//! The server's programs, and the user that runs them.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Error;

/// Where Debian keeps one folder for every version.
const VERSIONS: &str = "/usr/lib/postgresql";

/// The programs of the newest server on this machine.
#[derive(Clone, Debug)]
pub(crate) struct Programs {
    folder: PathBuf,
    user: Option<User>,
}

/// The user that the server runs as when root starts it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct User {
    pub(crate) id: u32,
    pub(crate) group: u32,
}

impl Programs {
    /// Finds the newest of Debian's, else what is in the `PATH`.
    pub(crate) fn find() -> Result<Self, Error> {
        let folder = newest(Path::new(VERSIONS)).or_else(in_path).ok_or(Error::NoServer)?;
        let user = if rustix::process::geteuid().is_root() { Some(User::postgres()?) } else { None };
        Ok(Self { folder, user })
    }

    /// Who else than the present user runs them.
    pub(crate) fn user(&self) -> Option<User> {
        self.user
    }

    /// A command that runs a program in `folder`, as the right user and without settings from the environment.
    pub(crate) fn command(&self, program: &str, folder: &Path) -> Command {
        let mut command = Command::new(self.folder.join(program));
        command.env_clear().current_dir(folder).stdin(Stdio::null());
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        if let Some(user) = self.user {
            use std::os::unix::process::CommandExt as _;
            command.uid(user.id).gid(user.group);
        }
        command
    }
}

impl User {
    fn postgres() -> Result<Self, Error> {
        let number = |which| printed("id", [which, "postgres"])?.parse().ok();
        let (Some(id), Some(group)) = (number("-u"), number("-g")) else { return Err(Error::NoUser) };
        Ok(Self { id, group })
    }
}

fn newest(versions: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(versions).ok()?.filter_map(Result::ok);
    let numbered = entries.filter_map(|entry| {
        let version: u32 = entry.file_name().to_str()?.parse().ok()?;
        Some((version, entry.path().join("bin")))
    });
    numbered.filter(|(_, folder)| has_server(folder)).max().map(|(_, folder)| folder)
}

fn in_path() -> Option<PathBuf> {
    printed("pg_config", ["--bindir"]).map(PathBuf::from).filter(|folder| has_server(folder))
}

fn has_server(folder: &Path) -> bool {
    folder.join("postgres").is_file() && folder.join("initdb").is_file()
}

/// The line that a command prints, when it succeeds.
fn printed<A: AsRef<OsStr>>(program: &str, arguments: impl IntoIterator<Item = A>) -> Option<String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

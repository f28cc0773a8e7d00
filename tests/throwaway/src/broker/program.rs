//! The programs that are brokers.

use std::ffi::OsString;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Memory;
use crate::Error;

/// The environment variable that names a program to use as the forgetful broker, instead of the one in `target/python`. It takes the
/// command line of `noida-db`.
pub const FORGETFUL_BROKER: &str = "ACTA_TEST_FORGETFUL_BROKER";
/// The environment variable that names a program which is a durable broker. Called with `HOST:PORT` and a folder for its data, it
/// serves in the foreground until SIGTERM, advertises that address, and may use the next port too. Called again, it goes on with what
/// is in the folder.
pub const DURABLE_BROKER: &str = "ACTA_TEST_DURABLE_BROKER";

/// The Python environment for other people's software, which `make test` makes.
const PYTHON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/python/lib");

/// A broker's program, and how it is called.
#[derive(Clone, Debug)]
pub(super) struct Program {
    file: PathBuf,
    memory: Memory,
}

impl Program {
    pub(super) fn find(memory: Memory) -> Result<Self, Error> {
        let variable = match memory {
            Memory::Forgetful => FORGETFUL_BROKER,
            Memory::Durable => DURABLE_BROKER,
        };
        let named = std::env::var_os(variable).filter(|name| !name.is_empty()).map(PathBuf::from);
        let file = match memory {
            Memory::Forgetful => named.or_else(|| installed(Path::new(PYTHON))),
            Memory::Durable => named,
        };
        file.map(|file| Self { file, memory }).ok_or(Error::NoBroker { variable })
    }

    /// A command without settings from the environment.
    pub(super) fn command(&self, address: SocketAddr, data: &Path) -> Command {
        let mut command = Command::new(&self.file);
        match self.memory {
            Memory::Forgetful => command.args(noida(address)).arg("--data-dir").arg(data),
            Memory::Durable => command.arg(address.to_string()).arg(data),
        };
        command.env_clear().envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        command
    }
}

fn noida(address: SocketAddr) -> [OsString; 5] {
    let port = address.port().to_string();
    ["start", "--only", "kafka", "--kafka-port", &port].map(OsString::from)
}

/// The program in the package `noida-db`, beside whichever version of Python.
fn installed(python: &Path) -> Option<PathBuf> {
    let versions = fs::read_dir(python).ok()?.filter_map(Result::ok);
    let mut files = versions.map(|version| version.path().join("site-packages/noida_db/noida-db"));
    files.find(|file| file.is_file())
}

//! Other people's software in JavaScript: throw-away packages below `target/`, installed once.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::binary::printed;

/// What says which packages there are to be.
const LISTS: [&str; 3] = ["package.json", "package-lock.json", ".npmrc"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file of `tests/node`.
pub(crate) fn file(name: &str) -> PathBuf {
    root().join("tests/node").join(name)
}

/// The packages: those that `make` installed, else installed here, anew when they are to be others.
fn packages() -> PathBuf {
    if let Some(made) = made_by_make() {
        return made;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("node");
    fs::create_dir_all(&folder).unwrap();
    let lock = File::create(folder.join("lock")).unwrap();
    lock.lock().expect("one test at a time installs the packages");
    let (packages, made_with) = (folder.join("node_modules"), folder.join("made-with.json"));
    let wanted = fs::read_to_string(file("package-lock.json")).unwrap();
    if fs::read_to_string(&made_with).ok().as_ref() != Some(&wanted) {
        install(&folder);
        fs::write(made_with, wanted).unwrap();
    }
    packages
}

/// What `make` installed last is newer than the list of what it is to install.
fn made_by_make() -> Option<PathBuf> {
    let packages = root().join("target/node/node_modules");
    let changed = |path: &Path| fs::metadata(path).and_then(|file| file.modified()).ok();
    let installed = changed(&packages.join(".package-lock.json"))?;
    (Some(installed) > changed(&file("package-lock.json"))).then_some(packages)
}

fn install(folder: &Path) {
    for list in LISTS {
        fs::copy(file(list), folder.join(list)).unwrap();
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--loglevel=error", "--prefix"]).arg(folder);
    let output = npm.output().expect("npm is installed (Debian: npm)");
    assert!(output.status.success(), "{npm:?}: {}", printed(&output));
}

/// A script of `tests/node`, to be given arguments.
pub(crate) fn command(script: &str) -> Command {
    let mut command = Command::new("node");
    command.env("NODE_PATH", packages()).arg(file(script));
    command
}

/// Runs a script of `tests/node`.
pub(crate) fn run<S: AsRef<OsStr>>(script: &str, arguments: impl IntoIterator<Item = S>) -> Output {
    command(script).args(arguments).output().expect("Node is installed (Debian: nodejs)")
}

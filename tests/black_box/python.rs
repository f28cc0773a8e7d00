//! Other people's software: a throw-away Python environment below `target/`, made once.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::binary::printed;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file of `tests/python`.
pub(crate) fn script(name: &str) -> PathBuf {
    root().join("tests/python").join(name)
}

/// The interpreter of the environment: the one that `make` made, else one made here, anew when it is to hold other packages.
pub(crate) fn interpreter() -> PathBuf {
    let requirements = script("requirements.txt");
    if let Some(made) = made_by_make(&requirements) {
        return made;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python");
    fs::create_dir_all(&folder).unwrap();
    let lock = File::create(folder.join("lock")).unwrap();
    lock.lock().expect("one test at a time makes the environment");
    let (environment, made_with) = (folder.join("environment"), folder.join("made-with.txt"));
    let wanted = fs::read_to_string(&requirements).unwrap();
    if fs::read_to_string(&made_with).ok().as_ref() != Some(&wanted) {
        make(&environment, &requirements);
        fs::write(&made_with, wanted).unwrap();
    }
    environment.join("bin/python")
}

/// What `make` installed last is newer than the list of what it is to install.
fn made_by_make(requirements: &Path) -> Option<PathBuf> {
    let programs = root().join("target/python/bin");
    let changed = |path: &Path| fs::metadata(path).and_then(|file| file.modified()).ok();
    let installed = changed(&programs.join("schemathesis"))?;
    (Some(installed) > changed(requirements)).then(|| programs.join("python"))
}

fn make(environment: &Path, requirements: &Path) {
    done(Command::new("python3").args(["-m", "venv", "--clear"]).arg(environment));
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
    done(Command::new(environment.join("bin/python")).args(pip).arg(requirements));
}

fn done(command: &mut Command) {
    let output = command.output().expect("Python is installed (Debian: python3 and python3-venv)");
    assert!(output.status.success(), "{command:?}: {}", printed(&output));
}

/// Runs a script of `tests/python` or, with a slash in its name, of the checkout.
pub(crate) fn run<S: AsRef<OsStr>>(script: &str, arguments: impl IntoIterator<Item = S>) -> Output {
    let path = if script.contains('/') { root().join(script) } else { self::script(script) };
    Command::new(interpreter())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .arg(path)
        .args(arguments)
        .output()
        .unwrap()
}

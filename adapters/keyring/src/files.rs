//! Reading and writing key files: mode 600, written whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::KeyringError;

/// Everybody but the owner.
const OTHERS: u32 = 0o077;
/// Everybody but the owner and the group.
const STRANGERS: u32 = 0o007;

pub(crate) fn make_folder(path: &Path) -> Result<(), KeyringError> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(|source| at(path, source))
}

/// The text of `path`, or [`None`] if there is no such file.
pub(crate) fn read(path: &Path) -> Result<Option<Zeroizing<String>>, KeyringError> {
    match read_hidden(path, OTHERS) {
        Err(KeyringError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => Ok(None),
        text => text.map(Some),
    }
}

/// The text of `path`, which somebody else put there: whoever mounts secrets may give them to a group.
pub(crate) fn read_mounted(path: &Path) -> Result<Zeroizing<String>, KeyringError> {
    read_hidden(path, STRANGERS)
}

fn read_hidden(path: &Path, from: u32) -> Result<Zeroizing<String>, KeyringError> {
    let metadata = fs::metadata(path).map_err(|error| at(path, error))?;
    if metadata.permissions().mode() & from != 0 {
        return Err(KeyringError::Exposed { path: path.to_owned() });
    }
    fs::read_to_string(path).map(Zeroizing::new).map_err(|error| at(path, error))
}

/// Keeps every other process from making keys below `folder` as long as the file that this gives is open.
pub(crate) fn take_turn(folder: &Path) -> Result<File, KeyringError> {
    make_folder(folder)?;
    let path = folder.join("lock");
    let options = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&path);
    let lock = options.map_err(|error| at(&path, error))?;
    lock.lock().map_err(|error| at(&path, error))?;
    Ok(lock)
}

/// Writes a new file durably; refuses to write over one. The caller has taken its turn.
pub(crate) fn write_new(path: &Path, text: &str) -> Result<(), KeyringError> {
    write(path, text).map_err(|error| at(path, error))
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let draft = path.with_extension("new");
    // A draft can only be what a crash left behind: it never became a key.
    let _ = fs::remove_file(&draft);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::hard_link(&draft, path)?;
    fs::remove_file(&draft)?;
    sync_folder_of(path)
}

/// Moves the file `from`, durably, to `to`, whose folder is made if it is not there.
pub(crate) fn move_file(from: &Path, to: &Path) -> Result<(), KeyringError> {
    make_folder(folder_of(to))?;
    let moved = fs::rename(from, to).and_then(|()| sync_folder_of(to)).and_then(|()| sync_folder_of(from));
    moved.map_err(|error| at(from, error))
}

fn folder_of(path: &Path) -> &Path {
    path.parent().expect("a key file lies in a folder")
}

fn sync_folder_of(path: &Path) -> io::Result<()> {
    File::open(folder_of(path))?.sync_all()
}

/// The numbers of the files in `folder` that are called by a number and end with `.extension`, lowest first. No folder has none.
pub(crate) fn numbers(folder: &Path, extension: &str) -> Result<Vec<u32>, KeyringError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(|error| at(folder, error))?,
    };
    let mut numbers = Vec::new();
    for entry in entries {
        let path = PathBuf::from(entry.map_err(|error| at(folder, error))?.file_name());
        let named = path.extension().is_some_and(|found| found == extension);
        let number =
            path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse::<u32>().ok());
        numbers.extend(number.filter(|_| named));
    }
    numbers.sort_unstable();
    Ok(numbers)
}

pub(crate) fn at(path: &Path, source: io::Error) -> KeyringError {
    KeyringError::Io { path: path.to_owned(), source }
}

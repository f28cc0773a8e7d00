//! Reading and writing key files: mode 600, written whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use zeroize::Zeroizing;

use crate::KeyringError;

pub(crate) fn make_folder(path: &Path) -> Result<(), KeyringError> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(|source| at(path, source))
}

/// The text of `path`, or [`None`] if there is no such file.
pub(crate) fn read(path: &Path) -> Result<Option<Zeroizing<String>>, KeyringError> {
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(at(path, error)),
        Ok(metadata) if metadata.permissions().mode() & 0o077 != 0 => {
            return Err(KeyringError::Exposed { path: path.to_owned() });
        }
        Ok(_) => {}
    }
    fs::read_to_string(path).map(|text| Some(Zeroizing::new(text))).map_err(|error| at(path, error))
}

/// Writes a new file durably; refuses to write over one.
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
    let folder = path.parent().expect("a key file lies in a folder");
    File::open(folder)?.sync_all()
}

pub(crate) fn at(path: &Path, source: io::Error) -> KeyringError {
    KeyringError::Io { path: path.to_owned(), source }
}

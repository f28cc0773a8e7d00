//! The folder that holds the files, and the lock that keeps a second service out of it.

use std::fs::{DirBuilder, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sqlx::migrate::MigrateError;

/// A database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder cannot be made, read or locked.
    #[error("the data folder {} cannot be used", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Another service runs on the folder.
    #[error("the data folder {} is in use by another running service", path.display())]
    InUse {
        /// The folder.
        path: PathBuf,
    },
    /// The file is not a database that can be opened.
    #[error("the database {} cannot be opened", path.display())]
    Database {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: sqlx::Error,
    },
    /// The file's tables cannot be brought to the form that this version of the service needs.
    #[error("the database {} cannot be migrated", path.display())]
    Migration {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: MigrateError,
    },
    /// The file, which is only to be read, has the tables of another version of the service.
    #[error(
        "the database {} is at migration {found}, and this program reads migration {needed}: use the program that the service runs",
        path.display()
    )]
    OtherVersion {
        /// The file.
        path: PathBuf,
        /// Its last migration.
        found: i64,
        /// The last one that this program knows.
        needed: i64,
    },
    /// An erasure that was cut short cannot be finished.
    #[error("the bytes of an erased person key cannot be removed")]
    Scrub {
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// A data folder that this process alone may use, as long as a clone of this lives.
#[derive(Debug, Clone)]
pub struct DataFolder {
    path: PathBuf,
    _lock: Arc<File>,
}

impl DataFolder {
    /// Takes the folder `path` for this process; makes it, for its owner only, if it is not there.
    ///
    /// # Errors
    /// [`OpenError::InUse`] when another service has it, [`OpenError::Folder`] when it cannot be used.
    pub fn lock(path: impl Into<PathBuf>) -> Result<Self, OpenError> {
        let path = path.into();
        let failed = |source| OpenError::Folder { path: path.clone(), source };
        make_private(&path).map_err(failed)?;
        let lock = open_private(&path.join("acta.lock")).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, _lock: Arc::new(lock) }),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse { path }),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes the file `name` for its owner only, if it is not there; what `SQLite` puts beside it has the same mode.
    pub(crate) fn make_file(&self, name: &str) -> Result<(), OpenError> {
        let path = self.path.join(name);
        open_private(&path).map(drop).map_err(|source| OpenError::Folder { path, source })
    }

    /// Makes the names of new files in it survive a power cut.
    pub(crate) fn sync(&self) -> Result<(), OpenError> {
        File::open(&self.path)
            .and_then(|folder| folder.sync_all())
            .map_err(|source| OpenError::Folder { path: self.path.clone(), source })
    }
}

fn make_private(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn open_private(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

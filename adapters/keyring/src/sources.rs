//! Secrets that come from the environment in place of files, so that none needs to lie on the disk with the data.
//!
//! `ACTA_MASTER_KEY` is master key 1 and `ACTA_MASTER_KEY_2` master key 2; `ACTA_DIGEST_KEY` is the key of digests. A value is what would
//! stand in the file: 64 hexadecimal digits, perhaps after a line `In-Use-From: …`. With `_FILE` behind the name it is the path of a
//! file that holds it. A variable that is empty counts as not set.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::KeyringError;
use crate::files::read_mounted;
use crate::secret::Secret;

const MASTER: &str = "ACTA_MASTER_KEY";
const DIGEST: &str = "ACTA_DIGEST_KEY";
const IN_FILE: &str = "_FILE";

/// A secret, and what is to be named when something is wrong with it.
#[derive(Clone)]
pub(crate) struct Sourced {
    pub(crate) origin: PathBuf,
    pub(crate) secret: Secret,
}

/// The secrets that the environment gives. They are read once, never shown, and wiped when dropped; whoever may read
/// `/proc/<pid>/environ` sees variables all the same, so the names with `_FILE` are the better ones.
#[derive(Clone, Default)]
pub struct SecretSources {
    masters: BTreeMap<u32, Sourced>,
    digest: Option<Sourced>,
}

impl SecretSources {
    /// What the environment of this process gives.
    ///
    /// # Errors
    /// See [`Self::of`].
    pub fn from_environment() -> Result<Self, KeyringError> {
        Self::of(std::env::vars_os())
    }

    /// What these variables give; others are left alone.
    ///
    /// # Errors
    /// [`KeyringError::UnknownVariable`], [`KeyringError::NotASecret`], [`KeyringError::Differs`] when a secret is given twice and
    /// not alike, or when a file cannot be read.
    pub fn of(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Result<Self, KeyringError> {
        let mut sources = Self::default();
        for (name, value) in variables {
            let Some(name) = name.to_str() else { continue };
            if value.is_empty() || !(name.starts_with(MASTER) || name.starts_with(DIGEST)) {
                continue;
            }
            let unknown = || KeyringError::UnknownVariable { name: name.to_owned() };
            let (secret_name, found) = match name.strip_suffix(IN_FILE) {
                Some(short) => (short, in_file(Path::new(&value))?),
                None => (name, in_variable(name, value)?),
            };
            match Wanted::named(secret_name).ok_or_else(unknown)? {
                Wanted::Digest => put(&mut sources.digest, found)?,
                Wanted::Master(number) => {
                    let mut slot = sources.masters.remove(&number);
                    put(&mut slot, found)?;
                    sources.masters.extend(slot.map(|found| (number, found)));
                }
            }
        }
        Ok(sources)
    }

    /// Whether any master key comes from here.
    pub fn have_a_master_key(&self) -> bool {
        !self.masters.is_empty()
    }

    /// Whether the key of digests comes from here.
    pub fn have_the_digest_key(&self) -> bool {
        self.digest.is_some()
    }

    pub(crate) fn masters(&self) -> &BTreeMap<u32, Sourced> {
        &self.masters
    }

    pub(crate) fn digest(&self) -> Option<&Sourced> {
        self.digest.as_ref()
    }
}

/// Which secret a variable gives.
enum Wanted {
    Master(u32),
    Digest,
}

impl Wanted {
    fn named(name: &str) -> Option<Self> {
        if name == DIGEST {
            return Some(Self::Digest);
        }
        match name.strip_prefix(MASTER)? {
            "" => Some(Self::Master(1)),
            rest => rest.strip_prefix('_')?.parse().ok().filter(|number| *number > 0).map(Self::Master),
        }
    }
}

fn in_file(path: &Path) -> Result<Sourced, KeyringError> {
    let secret = Secret::parse(path, &read_mounted(path)?)?;
    Ok(Sourced { origin: path.to_owned(), secret })
}

fn in_variable(name: &str, value: OsString) -> Result<Sourced, KeyringError> {
    let origin = PathBuf::from(name);
    // What is not UTF-8 is not hexadecimal either; it is dropped as it is, for it is no secret of ours.
    let text = value.into_string().map_err(|_| KeyringError::NotASecret { path: origin.clone() })?;
    let secret = Secret::parse(&origin, &Zeroizing::new(text))?;
    Ok(Sourced { origin, secret })
}

/// Puts `sourced` into `slot`, unless there is another secret already.
fn put(slot: &mut Option<Sourced>, sourced: Sourced) -> Result<(), KeyringError> {
    if let Some(there) = slot {
        return there.must_equal(&sourced);
    }
    *slot = Some(sourced);
    Ok(())
}

impl Sourced {
    /// Refuses two secrets where there can be one.
    pub(crate) fn must_equal(&self, other: &Self) -> Result<(), KeyringError> {
        if self.secret.bytes == other.secret.bytes {
            return Ok(());
        }
        Err(KeyringError::Differs { one: self.origin.clone(), other: other.origin.clone() })
    }
}

/// Names and numbers only.
impl fmt::Debug for SecretSources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: Vec<_> = self.masters.keys().collect();
        f.debug_struct("SecretSources")
            .field("masters", &numbers)
            .field("digest", &self.digest.is_some())
            .finish()
    }
}

#[cfg(test)]
mod tests;

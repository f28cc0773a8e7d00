//! The master keys in the folder.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use acta_domain::Timestamp;

use super::{Keyring, RETIRED, file, given, next};
use crate::files::{at, make_folder, move_file, numbers, take_turn};
use crate::secret::Secret;
use crate::sources::Sourced;
use crate::{KeyringError, MasterKeys};

const KEY: &str = "key";
/// The number of the key in `master.key`.
const FIRST: u32 = 1;

impl Keyring {
    /// The master keys, as if none of them had to wait: see [`MasterKeys::as_of`].
    ///
    /// # Errors
    /// [`KeyringError::Missing`] if there is none, or when a file cannot be read or the environment gives another secret than a file.
    pub fn master(&self) -> Result<MasterKeys, KeyringError> {
        let secrets: Vec<_> = self.masters_given()?.into_iter().collect();
        if secrets.is_empty() {
            return Err(KeyringError::Missing { path: self.first_master() });
        }
        Ok(MasterKeys::new(&secrets, Arc::clone(&self.randomness)))
    }

    /// The files of master keys that are neither in `folder` nor retired, though there was a later one: lost, unless the environment gives
    /// them. Where there is none at all, it is the first that is missing.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn missing_masters(folder: &Path) -> Result<Vec<PathBuf>, KeyringError> {
        let folders = [folder.join("master"), folder.join("master").join(RETIRED)];
        let mut known = BTreeSet::new();
        for folder in &folders {
            known.extend(numbers(folder, KEY)?);
        }
        let first = folder.join("master.key");
        known.extend(first.exists().then_some(FIRST));
        let last = known.last().copied().unwrap_or(FIRST);
        let missing = (FIRST..=last).filter(|number| !known.contains(number));
        Ok(missing
            .map(|number| if number == FIRST { first.clone() } else { file(&folders[0], number, KEY) })
            .collect())
    }

    /// Makes the first master key where there is none; a new one must not hide that all that there were are lost.
    pub(super) fn make_first_master(&self) -> Result<(), KeyringError> {
        if self.masters_given()?.is_empty() && self.retired_masters()?.is_empty() {
            self.make_secret(&self.first_master(), None)?;
        }
        Ok(())
    }

    /// Adds a master key, which unwraps from now on and wraps from `in_use_from` on, or at once; gives its number.
    ///
    /// # Errors
    /// [`KeyringError::FromEnvironment`] if master keys come from the environment, or when its file cannot be written.
    pub fn rotate_master(&self, in_use_from: Option<Timestamp>) -> Result<u32, KeyringError> {
        let _turn = take_turn(&self.folder)?;
        let there = self.masters_given()?;
        let newest = there.keys().max().copied().unwrap_or_default();
        let number = next(&self.master_folder(), KEY)?.max(newest + 1);
        if self.sources.have_a_master_key() {
            return Err(KeyringError::FromEnvironment { next: number });
        }
        make_folder(&self.master_folder())?;
        self.make_secret(&file(&self.master_folder(), number, KEY), in_use_from)?;
        Ok(number)
    }

    /// Takes master key `number` out of use for good. That nothing is wrapped under it any more, the caller has made sure of.
    ///
    /// # Errors
    /// [`KeyringError::InUse`] if it wraps at `now`, [`KeyringError::InEnvironment`] if its secret comes from there,
    /// [`KeyringError::NoSuchKey`], or when its file cannot be moved.
    pub fn retire_master(&self, number: u32, now: Timestamp) -> Result<(), KeyringError> {
        if self.master()?.as_of(now).current() == number {
            return Err(KeyringError::InUse { number });
        }
        if self.sources.masters().contains_key(&number) {
            return Err(KeyringError::InEnvironment { number });
        }
        let _turn = take_turn(&self.folder)?;
        let path = self.masters_in_files()?.remove(&number);
        let path = path.ok_or_else(|| KeyringError::NoSuchKey { folder: self.master_folder(), number })?;
        move_file(&path, &file(&self.master_folder().join(RETIRED), number, KEY))
    }

    /// Takes back master key `number`, which was just added and wrapped nothing.
    ///
    /// # Errors
    /// When its file cannot be removed.
    pub fn discard_master(&self, number: u32) -> Result<(), KeyringError> {
        let path = file(&self.master_folder(), number, KEY);
        fs::remove_file(&path).map_err(|error| at(&path, error))
    }

    /// The numbers of master keys that were retired, lowest first.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn retired_masters(&self) -> Result<Vec<u32>, KeyringError> {
        numbers(&self.master_folder().join(RETIRED), KEY)
    }

    fn masters_given(&self) -> Result<BTreeMap<u32, Secret>, KeyringError> {
        let files = self.masters_in_files()?;
        let sources = self.sources.masters();
        let mut secrets = BTreeMap::new();
        for number in files.keys().chain(sources.keys()) {
            let source = sources.get(number);
            let secret = match files.get(number) {
                Some(path) => given(path, source)?,
                None => source.map(|sourced: &Sourced| sourced.secret.clone()),
            };
            secrets.extend(secret.map(|secret| (*number, secret)));
        }
        Ok(secrets)
    }

    /// The files of the master keys, by number.
    fn masters_in_files(&self) -> Result<BTreeMap<u32, PathBuf>, KeyringError> {
        let numbers = numbers(&self.master_folder(), KEY)?;
        let mut files: BTreeMap<_, _> =
            numbers.into_iter().map(|number| (number, file(&self.master_folder(), number, KEY))).collect();
        let first = self.first_master();
        if first.exists() {
            match files.get(&FIRST) {
                Some(other) => return Err(KeyringError::Differs { one: first, other: other.clone() }),
                None => files.insert(FIRST, first),
            };
        }
        Ok(files)
    }

    fn first_master(&self) -> PathBuf {
        self.folder.join("master.key")
    }

    fn master_folder(&self) -> PathBuf {
        self.folder.join("master")
    }
}

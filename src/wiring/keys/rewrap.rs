//! Adding and retiring master keys, and wrapping the persons' keys anew under the newest.

use std::sync::Arc;

use acta_application::clock::Clock as _;
use acta_domain::Timestamp;
use acta_keyring::{Keyring, KeyringError, MasterKeys, SecretSources};
use acta_postgres::{Database, Login, ServiceSecrets};
use acta_sqlite::{DataFolder, OpenError};
use anyhow::Context as _;

use super::{ServiceKeys, named_master};
use crate::config::Config;
use crate::system::{SystemClock, SystemRandomness};

/// How far wrapping anew has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rewrapped {
    /// Keys that were looked at.
    pub(crate) seen: u64,
    /// Keys that were wrapped anew.
    pub(crate) anew: u64,
    /// Keys that no master key here opens.
    pub(crate) unreadable: u64,
    /// The number of the master key that the others are wrapped under now.
    pub(crate) master: u32,
    /// Whether older forms are still in the table's file, because somebody holds on to it.
    pub(crate) older_forms_left: bool,
}

/// Where the persons' keys are, and who may wrap them anew.
enum Place {
    /// In a folder that no service uses.
    Folder(DataFolder),
    /// In a database, as the owner of its tables.
    Database(Box<Login>),
}

impl Place {
    fn of(config: &Config) -> anyhow::Result<Self> {
        if let Some(owner) = config.database.owner()? {
            return Ok(Self::Database(Box::new(owner)));
        }
        anyhow::ensure!(
            config.database.options()?.is_none(),
            "this needs the login that owns the tables, in MIGRATE_DATABASE_URL"
        );
        match DataFolder::lock(&config.data) {
            Err(error @ OpenError::InUse { .. }) => Err(error).context("stop the service first"),
            folder => Ok(Self::Folder(folder?)),
        }
    }

    /// How many keys are wrapped under master key `number`.
    async fn wrapped_under(&self, number: u32) -> anyhow::Result<u64> {
        let under = move |wrapped: &[u8]| MasterKeys::number_of(wrapped) == Some(number);
        Ok(match self {
            Self::Folder(folder) => acta_sqlite::count_keys(folder, &under).await?,
            Self::Database(owner) => acta_postgres::count_keys(owner, &under).await?,
        })
    }

    async fn rewrap(
        &self,
        master: &MasterKeys,
        progress: &mut (dyn FnMut(u64) + Send),
    ) -> anyhow::Result<Rewrapped> {
        let number = master.current();
        let outdated = move |wrapped: &[u8]| {
            MasterKeys::number_of(wrapped) != Some(number) || !MasterKeys::names_its_key(wrapped)
        };
        match self {
            Self::Folder(folder) => {
                let mut told = |so_far: acta_sqlite::Rewrapped| progress(so_far.seen);
                let done = acta_sqlite::rewrap_keys(folder, master, &outdated, &mut told).await?;
                let (seen, anew, unreadable) = (done.seen, done.rewrapped, done.unreadable);
                Ok(Rewrapped { seen, anew, unreadable, master: number, older_forms_left: false })
            }
            Self::Database(owner) => {
                let mut told = |so_far: acta_postgres::Rewrapped| progress(so_far.seen);
                let done = acta_postgres::rewrap_keys(owner, master, &outdated, &mut told).await?;
                let (seen, anew, unreadable) = (done.seen, done.rewrapped, done.unreadable);
                let older_forms_left = match acta_postgres::rewrite_keys(owner).await {
                    Err(acta_postgres::ScrubError::Busy(_)) => true,
                    rewritten => rewritten.map(|_| false)?,
                };
                Ok(Rewrapped { seen, anew, unreadable, master: number, older_forms_left })
            }
        }
    }
}

impl ServiceKeys {
    /// The keys of `config`, which were made before, with what the environment gives.
    pub(crate) fn keyring(config: &Config) -> anyhow::Result<Keyring> {
        let keyring = Keyring::existing(&config.keys(), Arc::new(SystemRandomness))?;
        Ok(keyring.with_sources(SecretSources::from_environment()?))
    }

    /// Adds a master key that wraps from `in_use_from` on; gives its number. A database remembers what it looks like from outside, so that
    /// no two instances have different ones.
    pub(crate) async fn rotate_master(
        config: &Config,
        in_use_from: Option<Timestamp>,
    ) -> anyhow::Result<u32> {
        let keyring = Self::keyring(config)?;
        let number = keyring.rotate_master(in_use_from)?;
        let Some(options) = config.database.options()? else { return Ok(number) };
        let remembered = async {
            let database = Database::open(options).await?;
            let remembered = remember(&keyring, &database, number).await;
            database.close().await;
            remembered
        };
        if let Err(error) = remembered.await {
            keyring.discard_master(number)?;
            return Err(error.context(format!(
                "master key {number} was not added; if another instance has one, copy its file to this one"
            )));
        }
        Ok(number)
    }

    /// Wraps every person's key under the newest master key that is in use, and tells `progress` how many were looked at.
    pub(crate) async fn rewrap(
        config: &Config,
        progress: &mut (dyn FnMut(u64) + Send),
    ) -> anyhow::Result<Rewrapped> {
        let place = Place::of(config)?;
        let now = SystemClock.now();
        let master = Self::keyring(config)?.master()?.as_of(now);
        if let Some(waiting) = master.places().iter().find(|place| !place.is_due(now)) {
            let from = waiting.in_use_from.unwrap_or(now);
            anyhow::bail!(
                "master key {} is in use from {from} on, so that every instance has it by then: wait until then",
                waiting.number
            );
        }
        place.rewrap(&master, progress).await
    }

    /// Takes master key `number` out of use, if no person's key is wrapped under it.
    pub(crate) async fn retire_master(config: &Config, number: u32) -> anyhow::Result<()> {
        let (keyring, now) = (Self::keyring(config)?, SystemClock.now());
        if keyring.master()?.as_of(now).current() == number {
            return Err(KeyringError::InUse { number }.into());
        }
        let left = Place::of(config)?.wrapped_under(number).await?;
        anyhow::ensure!(
            left == 0,
            "{left} keys of persons are wrapped under master key {number}: run `acta keys rewrap` first"
        );
        Ok(keyring.retire_master(number, now)?)
    }
}

/// Has `database` remember what master key `number` looks like from outside.
async fn remember(keyring: &Keyring, database: &Database, number: u32) -> anyhow::Result<()> {
    let added = keyring.master()?.fingerprints().into_iter().filter(|(added, _)| *added == number);
    for (name, fingerprint) in added.map(named_master) {
        ServiceSecrets::check(database, &name, fingerprint).await?;
    }
    Ok(())
}

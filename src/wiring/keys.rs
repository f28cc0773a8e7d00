//! The keys of the service, and that they are the ones that its data was written with.

use std::sync::Arc;

use acta_keyring::{Keyring, MasterKey, Purpose, SigningKeys, fingerprint};
use acta_postgres::{Database, ServiceSecrets};
use acta_proof::key::VerifyingKey;
use acta_services::BuiltInIssuer;
use anyhow::Context as _;
use zeroize::Zeroizing;

use crate::config::Config;
use crate::system::SystemRandomness;

/// The keys that a running service works with.
pub(crate) struct ServiceKeys {
    pub(super) evidence: SigningKeys,
    pub(super) tokens: SigningKeys,
    pub(super) master: Arc<MasterKey>,
    pub(super) digest: Zeroizing<[u8; 32]>,
}

impl ServiceKeys {
    /// Opens the keys of `config`, making them on the first run.
    pub(crate) fn open(config: &Config) -> anyhow::Result<Self> {
        refuse_lost_keys(config)?;
        let keyring =
            Keyring::open(&config.keys(), Arc::new(SystemRandomness)).context("the keys cannot be opened")?;
        let evidence = keyring.signing_keys(Purpose::Evidence)?;
        let tokens = keyring.signing_keys(Purpose::Tokens)?;
        // All of them before any table is made: data without its keys looks like data whose keys were lost.
        let (master, digest) = (Arc::new(keyring.master()?), keyring.digest_key()?);
        Ok(Self { evidence, tokens, master, digest })
    }

    /// The issuer of access tokens.
    pub(crate) fn issuer(&self, config: &Config) -> BuiltInIssuer {
        BuiltInIssuer::new(&config.public_url, self.tokens.all())
    }

    /// Refuses keys that are not those of the first instance on `database`: what one instance wraps or signs, all others have to
    /// open and publish.
    pub(super) async fn check(&self, config: &Config, database: &Database) -> anyhow::Result<()> {
        let mut keys = vec![
            ("master key".to_owned(), self.master.fingerprint()),
            ("digest key".to_owned(), fingerprint("acta digest key", &self.digest)),
        ];
        let evidence = (1..).zip(self.evidence.published());
        keys.extend(evidence.map(|(number, key)| (format!("evidence key {number:04}"), key.id().0)));
        for (name, fingerprint) in keys {
            ServiceSecrets::check(database, &name, fingerprint).await.with_context(|| {
                format!("the keys in {} are not those of the other instances", config.keys().display())
            })?;
        }
        Ok(())
    }
}

/// All keys that ever signed heads and receipts, without the others.
pub(crate) fn published_keys(config: &Config) -> anyhow::Result<Vec<VerifyingKey>> {
    let keyring = Keyring::existing(&config.keys(), Arc::new(SystemRandomness));
    let keyring = keyring.context("heads cannot be checked without the keys of the service")?;
    Ok(keyring.signing_keys(Purpose::Evidence)?.published())
}

/// Refuses to make new keys where old ones are missing: what they wrapped or signed would be lost or look forged. A key for tokens
/// may be gone on purpose, because it leaked.
fn refuse_lost_keys(config: &Config) -> anyhow::Result<()> {
    for (data, key) in
        [("keys.sqlite", "master.key"), ("log.sqlite", "digest.key"), ("log.sqlite", "evidence/0001.pem")]
    {
        let key = config.keys().join(key);
        anyhow::ensure!(
            !config.data.join(data).exists() || key.exists(),
            "{} is missing, but {data} was written with it: restore it from your backup",
            key.display(),
        );
    }
    Ok(())
}

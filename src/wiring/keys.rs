//! The keys of the service, and that they are the ones that its data was written with.

mod rewrap;

use std::sync::Arc;

use acta_application::clock::Clock as _;
use acta_domain::Timestamp;
use acta_keyring::{IssuerKeys, Keyring, MasterKeys, Purpose, SecretSources, SigningKeys, fingerprint};
use acta_postgres::{Database, ServiceSecrets};
use acta_proof::key::VerifyingKey;
use acta_services::BuiltInIssuer;
use anyhow::Context as _;
use zeroize::Zeroizing;

use crate::config::Config;
use crate::system::{SystemClock, SystemRandomness};

/// The keys that a running service works with.
#[derive(Clone)]
pub(crate) struct ServiceKeys {
    pub(super) evidence: SigningKeys,
    pub(super) tokens: SigningKeys,
    pub(super) issuer: IssuerKeys,
    pub(super) master: Arc<MasterKeys>,
    pub(super) digest: Zeroizing<[u8; 32]>,
    keyring: Arc<Keyring>,
}

/// The signing keys as they are at present. In each, the one that signs is the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PresentKeys {
    /// For heads and receipts.
    pub(super) evidence: SigningKeys,
    /// For tokens of the command line and QR codes.
    pub(super) tokens: SigningKeys,
    /// For access tokens of the issuer.
    pub(super) issuer: IssuerKeys,
}

impl PresentKeys {
    fn read(keyring: &Keyring, now: Timestamp) -> anyhow::Result<Self> {
        Ok(Self {
            evidence: keyring.signing_keys(Purpose::Evidence)?.as_of(now),
            tokens: keyring.signing_keys(Purpose::Tokens)?.as_of(now),
            issuer: keyring.open_issuer_keys()?.as_of(now),
        })
    }
}

impl ServiceKeys {
    /// Opens the keys of `config`, making them on the first run.
    pub(crate) fn open(config: &Config) -> anyhow::Result<Self> {
        let sources = SecretSources::from_environment()?;
        refuse_lost_keys(config, &sources)?;
        // All of them before any table is made: data without its keys looks like data whose keys were lost.
        let keyring = Keyring::open_with(&config.keys(), sources, Arc::new(SystemRandomness));
        let keyring = Arc::new(keyring.context("the keys cannot be opened")?);
        let now = SystemClock.now();
        let PresentKeys { evidence, tokens, issuer } = PresentKeys::read(&keyring, now)?;
        let (master, digest) = (Arc::new(keyring.master()?.as_of(now)), keyring.digest_key()?);
        Ok(Self { evidence, tokens, issuer, master, digest, keyring })
    }

    /// The issuer of access tokens.
    pub(crate) fn issuer(&self, config: &Config) -> BuiltInIssuer {
        BuiltInIssuer::new(&config.public_url, self.tokens.all())
    }

    /// Looks at the keys again, to be done twice a minute: what was added, has become due or was retired since. The master keys are in
    /// use when this returns, and so wrap and unwrap whatever the stores keep.
    ///
    /// # Errors
    /// When a file cannot be read or `database` knows another master key under the same number: then all stays as it was.
    pub(super) async fn reload(
        &self,
        config: &Config,
        database: Option<&Database>,
    ) -> anyhow::Result<PresentKeys> {
        let now = SystemClock.now();
        let present = PresentKeys::read(&self.keyring, now)?;
        let master = self.keyring.master()?.as_of(now);
        if let Some(database) = database {
            let known = self.master.fingerprints();
            let added = master.fingerprints().into_iter().filter(|key| !known.contains(key));
            compare(config, database, added.map(named_master)).await?;
        }
        self.master.replace(&master);
        Ok(present)
    }

    /// Refuses keys that are not those of the first instance on `database`: what one instance wraps or signs, all others have to
    /// open and publish.
    pub(super) async fn check(&self, config: &Config, database: &Database) -> anyhow::Result<()> {
        let evidence = self.evidence.places().iter().zip(self.evidence.published());
        let evidence = evidence.map(|(place, key)| (format!("evidence key {:04}", place.number), key.id().0));
        let digest = ("digest key".to_owned(), fingerprint("acta digest key", &self.digest));
        let masters = self.master.fingerprints().into_iter().map(named_master);
        compare(config, database, masters.chain([digest]).chain(evidence)).await
    }
}

async fn compare(
    config: &Config,
    database: &Database,
    keys: impl IntoIterator<Item = (String, [u8; 32])>,
) -> anyhow::Result<()> {
    for (name, fingerprint) in keys {
        ServiceSecrets::check(database, &name, fingerprint).await.with_context(|| {
            format!("the keys in {} are not those of the other instances", config.keys().display())
        })?;
    }
    Ok(())
}

/// The name that a database knows a master key by; the first one had no number.
fn named_master((number, fingerprint): (u32, [u8; 32])) -> (String, [u8; 32]) {
    let name = if number == 1 { "master key".to_owned() } else { format!("master key {number:04}") };
    (name, fingerprint)
}

/// All keys that ever signed heads and receipts, without the others.
pub(crate) fn published_keys(config: &Config) -> anyhow::Result<Vec<VerifyingKey>> {
    let keyring = Keyring::existing(&config.keys(), Arc::new(SystemRandomness));
    let keyring = keyring.context("heads cannot be checked without the keys of the service")?;
    Ok(keyring.signing_keys(Purpose::Evidence)?.published())
}

/// Refuses to make new keys where old ones are missing: what they wrapped or signed would be lost or look forged. A key for tokens
/// may be gone on purpose, because it leaked.
fn refuse_lost_keys(config: &Config, sources: &SecretSources) -> anyhow::Result<()> {
    let file = |name| Some(config.keys().join(name)).filter(|path| !path.exists());
    let masters =
        if sources.have_a_master_key() { Vec::new() } else { Keyring::missing_masters(&config.keys())? };
    let digest = file("digest.key").filter(|_| !sources.have_the_digest_key());
    for (data, missing) in [
        ("keys.sqlite", masters.into_iter().next()),
        ("log.sqlite", digest),
        ("log.sqlite", file("evidence/0001.pem")),
    ] {
        if let Some(missing) = missing.filter(|_| config.data.join(data).exists()) {
            anyhow::bail!(
                "{} is missing, but {data} was written with it: restore it from your backup",
                missing.display()
            );
        }
    }
    Ok(())
}

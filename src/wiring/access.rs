//! Who may come in: tokens, proofs of possession, quotas, passwords.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use acta_application::access::{MemoryRateLimits, MemoryReplayCache, RateLimits, ReplayCache};
use acta_application::clock::Clock;
use acta_application::health::FeatureWatch;
use acta_application::issuer::TokenSigning as _;
use acta_domain::Timestamp;
use acta_http::PublishedKeys;
use acta_keyring::{IssuerKeys, SigningKeys, fingerprint};
use acta_oauth::{
    AccessTokenIssuer, ClaimNames, DpopOptions, DpopProofs, IssuerOptions, KeysFrom, NonceSecret, Nonces,
    Origin, Rs256Signer, TokenKeys, TokenNames, TrustedIssuers,
};
use acta_postgres::Database;
use acta_redis::RedisCounters;
use anyhow::Context as _;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use zeroize::Zeroizing;

use super::keys::ServiceKeys;
use crate::config::{Config, IssuerEntry, RedisArgs};
use crate::system::SystemClock;

/// Uses of proofs that one node remembers: some 50 MB when all of them are taken.
const USES: NonZeroUsize = NonZeroUsize::new(1_000_000).expect("a million is not zero");
/// How often the files of keys are looked at.
const KEYS_EVERY: Duration = Duration::from_secs(30);
/// Callers whose writes one node counts.
const CALLERS: NonZeroUsize = NonZeroUsize::new(100_000).expect("100000 is not zero");

/// What decides who may come in.
pub(super) struct Access {
    /// Our own issuer.
    pub(super) issuer: Arc<AccessTokenIssuer>,
    /// All issuers that are trusted.
    pub(super) tokens: Arc<TrustedIssuers>,
    /// Proofs of possession.
    pub(super) proofs: Arc<DpopProofs>,
    /// Quotas.
    pub(super) limits: Arc<dyn RateLimits>,
    redis: Option<RedisCounters>,
}

/// What is counted, and where.
struct Counters {
    used: Arc<dyn ReplayCache>,
    limits: Arc<dyn RateLimits>,
    redis: Option<RedisCounters>,
}

impl Access {
    /// Opens it for a service that listens on `address`, and has done so since `since` at the earliest.
    pub(super) fn open(
        config: &Config,
        keys: &ServiceKeys,
        address: SocketAddr,
        since: Timestamp,
    ) -> anyhow::Result<Self> {
        let counters = counters(&config.redis)?;
        if counters.redis.is_none() && config.database.options()?.is_some() {
            tracing::warn!(
                "without REDIS_URL this must be the only instance: another one would take a proof that was used here"
            );
        }
        let issuer = Arc::new(AccessTokenIssuer::new(names(config), token_keys(&keys.issuer, &keys.tokens)?));
        let foreign = config.access.issuers()?.into_iter().map(foreign).collect::<anyhow::Result<_>>()?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let tokens = TrustedIssuers::new(Some(Arc::clone(&issuer)), foreign, &clock)?;
        let nonces =
            config.access.dpop_nonce.then(|| Nonces::new(&NonceSecret(derived(keys, "acta dpop nonces"))));
        let options = DpopOptions { origins: origins(config, address)?, nonces };
        let proofs = DpopProofs::new(options, counters.used);
        // What this process used before it was started anew, only Redis knows.
        let proofs = if counters.redis.is_some() { proofs } else { proofs.since(since) };
        Ok(Self {
            issuer,
            tokens: Arc::new(tokens),
            proofs: Arc::new(proofs),
            limits: counters.limits,
            redis: counters.redis,
        })
    }
}

impl Access {
    /// How the shared counters are, and the issuers of others, as far as there are any.
    pub(super) fn health(&self) -> Vec<FeatureWatch> {
        let counters = self.redis.as_ref().map(RedisCounters::health);
        let foreign = self.tokens.health(SystemClock.now()).map(|_| issuers_health(Arc::clone(&self.tokens)));
        counters.into_iter().chain(foreign).collect()
    }
}

fn issuers_health(tokens: Arc<TrustedIssuers>) -> FeatureWatch {
    Box::new(move || tokens.health(SystemClock.now()).expect("there are foreign issuers, or none for ever"))
}

/// Keeps keys fresh until `stop`: those of foreign issuers, and our own, which an operator may rotate and retire meanwhile.
pub(super) fn run(
    access: &Access,
    config: &Config,
    keys: ServiceKeys,
    database: Option<Database>,
    background: &TaskTracker,
    stop: &CancellationToken,
) {
    if let Some(redis) = access.redis.clone() {
        let stop = stop.clone();
        background.spawn(async move { stop.run_until_cancelled(redis.keep_watch()).await });
    }
    let (tokens, foreign) = (Arc::clone(&access.tokens), stop.clone());
    background.spawn(async move { tokens.keep_fresh(foreign).await });
    let (issuer, config, stop) = (Arc::clone(&access.issuer), config.clone(), stop.clone());
    background.spawn(async move {
        while stop.run_until_cancelled(tokio::time::sleep(KEYS_EVERY)).await.is_some() {
            if let Err(error) = look_at_keys(&keys, &config, database.as_ref(), &issuer).await {
                tracing::error!(
                    error = format!("{error:#}"),
                    "the keys cannot be read again; the old ones stay in use"
                );
            }
        }
    });
}

async fn look_at_keys(
    keys: &ServiceKeys,
    config: &Config,
    database: Option<&Database>,
    issuer: &AccessTokenIssuer,
) -> anyhow::Result<()> {
    let present = keys.reload(config, database).await?;
    issuer.replace_keys(token_keys(&present.issuer, &present.tokens)?);
    Ok(())
}

/// Counters in Redis where it is named, else in this process.
fn counters(redis: &RedisArgs) -> anyhow::Result<Counters> {
    let own = MemoryRateLimits::new(CALLERS);
    let Some(options) = redis.options()? else {
        let used = Arc::new(MemoryReplayCache::new(USES));
        return Ok(Counters { used, limits: Arc::new(own), redis: None });
    };
    let redis = RedisCounters::new(&options)?;
    let limits = Arc::new(redis.rate_limits(Arc::new(own)));
    Ok(Counters { used: Arc::new(redis.replay_cache()), limits, redis: Some(redis) })
}

/// The keys of our own issuer, as it takes them.
pub(super) fn token_keys(issuer: &IssuerKeys, tokens: &SigningKeys) -> anyhow::Result<TokenKeys> {
    let signer = |pem: &str| Rs256Signer::from_pkcs8_pem(pem).context("a key of the issuer cannot be used");
    let current = signer(&issuer.current().pem)?;
    let others = issuer.all().iter().rev().skip(1).map(|key| signer(&key.pem));
    Ok(TokenKeys { current, others: others.collect::<anyhow::Result<_>>()?, ed25519: tokens.published() })
}

/// The keys of our own issuer, as they are published at any time.
pub(super) fn published(issuer: &Arc<AccessTokenIssuer>) -> PublishedKeys {
    let issuer = Arc::clone(issuer);
    Box::new(move || issuer.published()["keys"].as_array().cloned().unwrap_or_default())
}

fn names(config: &Config) -> TokenNames {
    TokenNames { issuer: config.public_url.clone(), audience: config.public_url.clone() }
}

fn foreign(entry: IssuerEntry) -> anyhow::Result<IssuerOptions> {
    let usual = ClaimNames::default();
    let keys = match &entry.jwks_url {
        Some(url) => {
            KeysFrom::Url(url.parse().with_context(|| format!("{url} is not the URL of a key set"))?)
        }
        None => KeysFrom::Metadata,
    };
    Ok(IssuerOptions {
        issuer: entry.url,
        audiences: vec![entry.audience],
        keys,
        plain_jwt: entry.plain_jwt,
        claims: ClaimNames {
            tenant: entry.tenant_claim.unwrap_or(usual.tenant),
            roles: entry.roles_claim.unwrap_or(usual.roles),
            permissions: entry.permissions_claim.unwrap_or(usual.permissions),
        },
        tenants: entry.tenants,
    })
}

/// Where the service is reached: the public URL, what is configured besides, and its own address if that is of this machine only.
fn origins(config: &Config, address: SocketAddr) -> anyhow::Result<Vec<Origin>> {
    let own = address
        .ip()
        .is_loopback()
        .then(|| [format!("http://{address}"), format!("http://localhost:{}", address.port())]);
    let named = std::iter::once(&config.public_url).chain(&config.access.origins).cloned();
    named
        .chain(own.into_iter().flatten())
        .map(|url| url.parse().with_context(|| format!("{url} cannot be an origin")))
        .collect()
}

/// A secret of its own for `purpose`, which nobody finds without the digest key.
pub(super) fn derived(keys: &ServiceKeys, purpose: &str) -> Zeroizing<[u8; 32]> {
    Zeroizing::new(fingerprint(purpose, &keys.digest))
}

//! Verifying tokens of several issuers.

use std::collections::BTreeSet;
use std::sync::Arc;

use acta_application::access::{AccessTokens, TokenError, VerifiedToken};
use acta_application::clock::Clock;
use acta_application::health::FeatureHealth;
use acta_application::log::Fault;
use acta_domain::{TenantId, Timestamp};
use async_trait::async_trait;
use futures::future::join_all;
use sha2::{Digest as _, Sha256};
use tokio_util::sync::CancellationToken;

use super::Refusal;
use super::claims::{bound_to, grant, principal};
use super::seen::{SeenToken, SeenTokens};
use super::{ClaimNames, IssuerOptions};
use crate::AccessTokenIssuer;
use crate::jwks::{Fetcher, KeysFrom, RemoteKeys, SetupError};
use crate::jwt::{JwtError, KeySet, LONGEST, Opened, Rules, Times, open};

/// Verifies access tokens of the built-in issuer and of foreign ones.
pub struct TrustedIssuers {
    issuers: Vec<Issuer>,
    seen: SeenTokens,
}

struct Issuer {
    rules: Rules,
    names: ClaimNames,
    tenants: Option<BTreeSet<TenantId>>,
    keys: Keys,
}

enum Keys {
    Ours(Arc<AccessTokenIssuer>),
    Theirs(Arc<RemoteKeys>),
}

impl TrustedIssuers {
    /// Trusts `built_in`, if there is one, and the foreign ones. Foreign keys are fetched when they are first needed; run
    /// [`TrustedIssuers::keep_fresh`] beside, so that nobody waits for them and keys that were withdrawn are noticed.
    ///
    /// # Errors
    /// See [`SetupError`].
    pub fn new(
        built_in: Option<Arc<AccessTokenIssuer>>,
        foreign: Vec<IssuerOptions>,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, SetupError> {
        let mut issuers: Vec<Issuer> = built_in.into_iter().map(Issuer::built_in).collect();
        // Without foreign issuers nothing is fetched, and no roots of trust are needed.
        if !foreign.is_empty() {
            let fetcher = Fetcher::new()?;
            for options in foreign {
                issuers.push(Issuer::foreign(options, fetcher.clone(), Arc::clone(clock))?);
            }
        }
        let mut names = BTreeSet::new();
        match issuers.iter().find(|issuer| !names.insert(&issuer.rules.issuer)) {
            Some(twice) => Err(SetupError::Twice(twice.rules.issuer.clone())),
            None => Ok(Self { issuers, seen: SeenTokens::new() }),
        }
    }

    /// Keeps the keys of foreign issuers fresh until `stop`.
    pub async fn keep_fresh(&self, stop: CancellationToken) {
        let remote = self.issuers.iter().filter_map(|issuer| match &issuer.keys {
            Keys::Ours(_) => None,
            Keys::Theirs(keys) => Some(Arc::clone(keys).keep_fresh(stop.clone())),
        });
        join_all(remote).await;
    }

    /// How the foreign issuers are at `now`: whether there are good keys of each. Nothing without foreign issuers.
    pub fn health(&self, now: Timestamp) -> Option<FeatureHealth> {
        let mut foreign = self.issuers.iter().filter(|issuer| issuer.is_foreign()).peekable();
        foreign.peek()?;
        let well = foreign.all(|issuer| issuer.keys.at_hand(now).is_some());
        let state = if well { "keys-at-hand" } else { "keys-missing" };
        Some(FeatureHealth { name: "issuers", well, state, position: None, lag: None })
    }

    async fn seen_or_checked(&self, token: &str, now: Timestamp) -> Result<VerifiedToken, Refusal> {
        if token.len() > LONGEST {
            return Err(JwtError::TooLong.into());
        }
        let digest = Sha256::digest(token).into();
        if let Some(token) = self.seen(&digest, now)? {
            return Ok(token);
        }
        let seen = self.check(token, now).await?;
        let token = seen.token.clone();
        self.seen.put(digest, seen);
        Ok(token)
    }

    /// The token if it was good before, its issuer has the same keys, and it is still good.
    fn seen(&self, digest: &[u8; 32], now: Timestamp) -> Result<Option<VerifiedToken>, JwtError> {
        let Some(seen) = self.seen.get(digest) else { return Ok(None) };
        let keys = self.issuers[seen.issuer].keys.at_hand(now);
        if !keys.is_some_and(|keys| Arc::ptr_eq(&keys, &seen.keys)) {
            return Ok(None);
        }
        seen.times.check(now)?;
        Ok(Some(seen.token))
    }

    async fn check(&self, token: &str, now: Timestamp) -> Result<SeenToken, Refusal> {
        let compact = open(token)?;
        let opened = Opened::new(&compact)?;
        let name = opened.issuer()?;
        let place =
            self.issuers.iter().position(|issuer| issuer.rules.issuer == name).ok_or(JwtError::Issuer)?;
        let (keys, times) = self.issuers[place].check(&opened, now).await?;
        let token = self.issuers[place].read(&opened, times)?;
        Ok(SeenToken { issuer: place, keys, times, token })
    }
}

impl Issuer {
    fn built_in(issuer: Arc<AccessTokenIssuer>) -> Self {
        Self { rules: issuer.rules(), names: ClaimNames::default(), tenants: None, keys: Keys::Ours(issuer) }
    }

    fn foreign(options: IssuerOptions, fetcher: Fetcher, clock: Arc<dyn Clock>) -> Result<Self, SetupError> {
        options.check()?;
        let keys = RemoteKeys::new(options.issuer.clone(), options.keys, fetcher, clock);
        let rules = Rules {
            issuer: options.issuer,
            audiences: options.audiences,
            plain_jwt: options.plain_jwt,
            by_our_clock: false,
        };
        Ok(Self {
            rules,
            names: options.claims,
            tenants: options.tenants,
            keys: Keys::Theirs(Arc::new(keys)),
        })
    }

    fn is_foreign(&self) -> bool {
        matches!(self.keys, Keys::Theirs(_))
    }

    async fn check(&self, opened: &Opened<'_>, now: Timestamp) -> Result<(Arc<KeySet>, Times), Refusal> {
        let keys = self.keys.good(now).await.map_err(Refusal::Unavailable)?;
        match (opened.check(&self.rules, &keys, now), &self.keys) {
            (Err(JwtError::UnknownKey), Keys::Theirs(remote)) => {
                let keys = remote.newer_than(&keys, now).await.ok_or(JwtError::UnknownKey)?;
                let times = opened.check(&self.rules, &keys, now)?;
                Ok((keys, times))
            }
            (checked, _) => Ok((keys, checked?)),
        }
    }

    /// What a token that was checked says.
    fn read(&self, opened: &Opened<'_>, times: Times) -> Result<VerifiedToken, JwtError> {
        let principal = principal(&opened.claims, &self.names, self.is_foreign())?;
        if self.tenants.as_ref().is_some_and(|tenants| !tenants.contains(&principal.tenant)) {
            return Err(JwtError::Claim("tenant"));
        }
        // What a foreign issuer calls by these names is nothing that we know of.
        let grant = if self.is_foreign() { None } else { grant(&opened.claims, principal.tenant)? };
        let bound_to = bound_to(&opened.claims)?;
        Ok(VerifiedToken { principal, bound_to, expires_at: times.ends, grant })
    }
}

impl IssuerOptions {
    fn check(&self) -> Result<(), SetupError> {
        let name = || self.issuer.clone();
        if self.audiences.is_empty() {
            return Err(SetupError::NoAudience(name()));
        }
        let address = match &self.keys {
            KeysFrom::Url(address) => address.clone(),
            KeysFrom::Metadata => self.issuer.parse().map_err(|_| SetupError::NotAUrl(name()))?,
        };
        if crate::jwks::may_be_fetched(&address) { Ok(()) } else { Err(SetupError::Insecure(name())) }
    }
}

impl Keys {
    fn at_hand(&self, now: Timestamp) -> Option<Arc<KeySet>> {
        match self {
            Self::Ours(issuer) => Some(issuer.key_set()),
            Self::Theirs(remote) => remote.at_hand(now),
        }
    }

    async fn good(&self, now: Timestamp) -> Result<Arc<KeySet>, Fault> {
        match self {
            Self::Ours(issuer) => Ok(issuer.key_set()),
            Self::Theirs(remote) => remote.good(now).await,
        }
    }
}

#[async_trait]
impl AccessTokens for TrustedIssuers {
    async fn verify(&self, token: &str, now: Timestamp) -> Result<VerifiedToken, TokenError> {
        Ok(self.seen_or_checked(token, now).await?)
    }
}

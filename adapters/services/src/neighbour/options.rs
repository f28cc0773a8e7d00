//! How neighbours are spoken to.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use acta_application::neighbours::Neighbour;
use reqwest::ClientBuilder;
use reqwest::header::HeaderValue;
use reqwest::redirect::Policy;

use super::SetupError;
use super::trust::Trust;

/// For how long a neighbour that fails is left alone.
const REST: Duration = Duration::from_secs(30);
/// Connections to one neighbour that wait for the next call.
const IDLE_CONNECTIONS: usize = 32;
/// For how long they wait: less than most servers do, so that none is closed while it is taken.
const IDLE_FOR: Duration = Duration::from_secs(20);

/// How neighbours are spoken to.
#[derive(Clone)]
pub struct NeighbourOptions {
    pub(super) service_id: HeaderValue,
    pub(crate) plain: bool,
    trust: Trust,
    bound: Option<Duration>,
    pub(super) rest: Duration,
    freshness: Option<Duration>,
}

impl NeighbourOptions {
    /// - `service_id`: who this service says that it is, in `X-Service-ID`; 1 to 64 characters of `A-Z a-z 0-9 . _ -`
    ///
    /// # Errors
    /// [`SetupError::ServiceId`].
    pub fn new(service_id: &str) -> Result<Self, SetupError> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        if !(1..=64).contains(&service_id.len()) || !service_id.bytes().all(fits) {
            return Err(SetupError::ServiceId);
        }
        let service_id = HeaderValue::from_str(service_id).map_err(|_| SetupError::ServiceId)?;
        Ok(Self {
            service_id,
            plain: false,
            trust: Trust::default(),
            bound: None,
            rest: REST,
            freshness: None,
        })
    }

    /// The same where neighbours may be spoken to without TLS beyond this machine: where a mesh encrypts what leaves it.
    #[must_use]
    pub fn plain(mut self, plain: bool) -> Self {
        self.plain = plain;
        self
    }

    /// The same where the certificates of neighbours and of the mail server are of one of the authorities in a PEM file, instead of
    /// those that the machine trusts.
    ///
    /// # Errors
    /// [`SetupError::File`], [`SetupError::Authorities`].
    pub fn with_authorities_file(mut self, file: &Path) -> Result<Self, SetupError> {
        self.trust.only_authorities(file)?;
        Ok(self)
    }

    /// The same where this service shows a certificate (PEM, with its chain) to neighbours that ask for one (mutual TLS).
    ///
    /// # Errors
    /// [`SetupError::File`], [`SetupError::Identity`].
    pub fn with_identity_files(mut self, certificate: &Path, key: &Path) -> Result<Self, SetupError> {
        self.trust.show(certificate, key)?;
        Ok(self)
    }

    /// The same where every call may take so long, instead of what the neighbour's contract says.
    #[must_use]
    pub fn with_bound(mut self, bound: Duration) -> Self {
        self.bound = Some(bound);
        self
    }

    /// The same where a neighbour that fails is left alone for so long; 30 s otherwise.
    #[must_use]
    pub fn with_rest(mut self, rest: Duration) -> Self {
        self.rest = rest;
        self
    }

    /// The same where answers are kept for so long, instead of 30 s (limits, status), 60 s (who may attend) and 5 min (retention).
    #[must_use]
    pub fn with_freshness(mut self, freshness: Duration) -> Self {
        self.freshness = Some(freshness);
        self
    }

    /// For how long an answer is kept that is usually kept for `usual`.
    pub(crate) fn freshness(&self, usual: Duration) -> Duration {
        self.freshness.unwrap_or(usual)
    }

    /// How long a call of `neighbour` may take with all its tries.
    pub(super) fn bound(&self, neighbour: Neighbour) -> Duration {
        self.bound.unwrap_or(Duration::from_secs(match neighbour {
            Neighbour::Governance | Neighbour::Profiles => 3,
            Neighbour::Identity | Neighbour::Tenancy | Neighbour::Notifications | Neighbour::Compliance => 5,
        }))
    }

    /// A client of its own for `neighbour`: one that is slow takes no connection from the others.
    pub(super) fn http(&self, neighbour: Neighbour) -> Result<reqwest::Client, SetupError> {
        let client = ClientBuilder::new()
            .redirect(Policy::none())
            .no_proxy()
            .referer(false)
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .pool_idle_timeout(IDLE_FOR);
        let client = self.trust.set_up(client).build();
        client.map_err(|source| SetupError::Client { neighbour, source: source.into() })
    }

    /// The authorities that alone are trusted, in PEM, if that was said.
    pub(crate) fn authorities(&self) -> Option<&[u8]> {
        self.trust.authorities()
    }
}

impl fmt::Debug for NeighbourOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NeighbourOptions")
            .field("service_id", &self.service_id)
            .field("plain", &self.plain)
            .finish_non_exhaustive()
    }
}

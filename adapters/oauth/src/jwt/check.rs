//! Checking one token.

use acta_domain::Timestamp;
use serde::Deserialize;

use super::{JwtError, KeySet, Times};
use crate::jose::{Algorithm, Compact, Header, Members};

/// The longest token, in bytes.
pub(crate) const LONGEST: usize = 16 * 1_024;
const ACCESS_TOKEN: &str = "at+jwt";

/// What a token must be like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Its `iss`, to the letter.
    pub issuer: String,
    /// One of these is in its `aud`.
    pub audiences: Vec<String>,
    /// Whether it may be without `typ`, or `JWT`, for issuers older than RFC 9068. Other tokens of the same issuer (ID tokens) are
    /// then kept apart by their audience only.
    pub plain_jwt: bool,
    /// Whether it is issued by our own clock.
    pub by_our_clock: bool,
}

/// Checks `token` against `rules` and `keys` at `now`.
///
/// # Errors
/// See [`JwtError`].
pub fn check(token: &str, rules: &Rules, keys: &KeySet, now: Timestamp) -> Result<Times, JwtError> {
    let compact = open(token)?;
    Opened::new(&compact)?.check(rules, keys, now)
}

/// Takes a token apart.
pub(crate) fn open(token: &str) -> Result<Compact<'_>, JwtError> {
    if token.len() > LONGEST {
        return Err(JwtError::TooLong);
    }
    Compact::parse(token).ok_or(JwtError::Form)
}

/// A token whose parts can be read; nothing of it is believed before [`Opened::check`].
pub(crate) struct Opened<'a> {
    compact: &'a Compact<'a>,
    algorithm: Algorithm,
    kind: Option<String>,
    key_id: String,
    pub(crate) claims: Members<'a>,
}

impl<'a> Opened<'a> {
    pub(crate) fn new(compact: &'a Compact<'a>) -> Result<Self, JwtError> {
        let header: Header<'_> = compact.header().ok_or(JwtError::Form)?;
        if header.wants_extensions() {
            return Err(JwtError::Extension);
        }
        let algorithm = header.algorithm().ok_or(JwtError::Algorithm)?;
        let kind = header.kind().map_err(|_| JwtError::Type)?;
        let key_id = header.key_id().ok().flatten().ok_or(JwtError::UnknownKey)?.into_owned();
        Ok(Self { compact, algorithm, kind, key_id, claims: compact.claims().ok_or(JwtError::Form)? })
    }

    /// Who says to have issued it.
    pub(crate) fn issuer(&self) -> Result<String, JwtError> {
        let issuer = self.claims.text("iss").ok().flatten();
        issuer.map(std::borrow::Cow::into_owned).ok_or(JwtError::Claim("iss"))
    }

    pub(crate) fn check(&self, rules: &Rules, keys: &KeySet, now: Timestamp) -> Result<Times, JwtError> {
        self.check_type(rules)?;
        let key = keys.find(&self.key_id).ok_or(JwtError::UnknownKey)?;
        // The key decides the algorithm, never the header alone (RFC 8725 §3.1).
        if key.algorithm() != self.algorithm {
            return Err(JwtError::Algorithm);
        }
        if !self.compact.is_signed_with(key) {
            return Err(JwtError::Signature);
        }
        self.check_claims(rules, now)
    }

    fn check_type(&self, rules: &Rules) -> Result<(), JwtError> {
        match self.kind.as_deref() {
            Some(ACCESS_TOKEN) => Ok(()),
            None | Some("jwt") if rules.plain_jwt => Ok(()),
            _ => Err(JwtError::Type),
        }
    }

    fn check_claims(&self, rules: &Rules, now: Timestamp) -> Result<Times, JwtError> {
        if self.issuer()? != rules.issuer {
            return Err(JwtError::Issuer);
        }
        let audience = self.claims.get::<Audience>("aud").ok().flatten().ok_or(JwtError::Claim("aud"))?;
        if !rules.audiences.iter().any(|ours| audience.has(ours)) {
            return Err(JwtError::Audience);
        }
        let times = Times::of(&self.claims, rules.by_our_clock)?;
        times.check(now)?;
        Ok(times)
    }
}

/// One audience or several (RFC 7519 §4.1.3).
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    fn has(&self, name: &str) -> bool {
        match self {
            Self::One(one) => one == name,
            Self::Several(several) => several.iter().any(|one| one == name),
        }
    }
}

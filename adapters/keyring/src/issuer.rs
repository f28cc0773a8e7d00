//! The keys that the issuer signs access tokens with.

use std::fmt;

use acta_domain::Timestamp;
use zeroize::Zeroizing;

use crate::place::{Place, current};

/// One RSA key of the issuer.
#[derive(Clone)]
pub struct IssuerKey {
    /// Where it stands among the others.
    pub place: Place,
    /// Its thumbprint (RFC 7638), in base64url: the `kid` of what it signs.
    pub id: String,
    /// The private key, PKCS#8 PEM. Wiped when dropped.
    pub pem: Zeroizing<String>,
}

impl fmt::Debug for IssuerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuerKey").field("place", &self.place).field("id", &self.id).finish_non_exhaustive()
    }
}

/// The RSA keys of the issuer, oldest first; there is always one. All are published.
#[derive(Debug, Clone)]
pub struct IssuerKeys(Vec<IssuerKey>);

impl IssuerKeys {
    /// `keys`, oldest first.
    ///
    /// # Panics
    /// If there is none.
    pub(crate) fn new(keys: Vec<IssuerKey>) -> Self {
        assert!(!keys.is_empty(), "an issuer has at least one key");
        Self(keys)
    }

    /// The same keys with the one that signs at `now` last: those that still wait stand before it.
    #[must_use]
    pub fn as_of(&self, now: Timestamp) -> Self {
        let places: Vec<_> = self.0.iter().map(|key| key.place).collect();
        let mut keys = self.0.clone();
        let signs = keys.remove(current(&places, now));
        keys.push(signs);
        Self(keys)
    }

    /// The key that signs: the last one.
    pub fn current(&self) -> &IssuerKey {
        self.0.last().expect("an issuer has at least one key")
    }

    /// All keys, the one that signs last.
    pub fn all(&self) -> &[IssuerKey] {
        &self.0
    }
}

/// The same keys, and the same one signs.
impl PartialEq for IssuerKeys {
    fn eq(&self, other: &Self) -> bool {
        self.0.iter().map(|key| &key.id).eq(other.0.iter().map(|key| &key.id))
    }
}

impl Eq for IssuerKeys {}

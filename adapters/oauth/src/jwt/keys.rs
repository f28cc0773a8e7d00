//! The keys of an issuer.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::jose::{JwkError, Members, PublicJwk, PublicKey};

const MOST_KEYS: usize = 100;

/// Why a document is no set of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwksError {
    /// It is no JSON object with a list `keys` of objects.
    #[error("the document is no JWK set")]
    Form,
    /// It has more than 100 keys.
    #[error("a JWK set has at most 100 keys")]
    TooMany,
}

/// The keys of an issuer by their names.
#[derive(Debug, Clone, Default)]
pub struct KeySet(BTreeMap<String, PublicKey>);

impl KeySet {
    /// These keys, by their names. Of two with one name the first stays.
    pub fn new(keys: impl IntoIterator<Item = (String, PublicKey)>) -> Self {
        let mut set = BTreeMap::new();
        for (kid, key) in keys {
            set.entry(kid).or_insert(key);
        }
        Self(set)
    }

    /// Reads a JWK set (RFC 7517 §5). Keys that are of no use here, or have no name, are passed over, as the RFC wants.
    ///
    /// # Errors
    /// See [`JwksError`].
    pub fn parse(json: &[u8]) -> Result<Self, JwksError> {
        let document = Members::parse(json).ok_or(JwksError::Form)?;
        let keys: Vec<&RawValue> = document.get("keys").ok().flatten().ok_or(JwksError::Form)?;
        if keys.len() > MOST_KEYS {
            return Err(JwksError::TooMany);
        }
        Ok(Self::new(keys.into_iter().filter_map(|key| named(key.get().as_bytes()).ok())))
    }

    /// The key called `kid`.
    pub fn find(&self, kid: &str) -> Option<&PublicKey> {
        self.0.get(kid)
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `other` has the same keys under the same names.
    pub fn is_same_as(&self, other: &Self) -> bool {
        let prints =
            |set: &Self| set.0.iter().map(|(kid, key)| (kid.clone(), key.thumbprint())).collect::<Vec<_>>();
        prints(self) == prints(other)
    }
}

fn named(jwk: &[u8]) -> Result<(String, PublicKey), JwkError> {
    let members = Members::parse(jwk).ok_or(JwkError::Form)?;
    let kid = members.text("kid").ok().flatten().ok_or(JwkError::Form)?;
    Ok((kid.into_owned(), PublicKey::new(&PublicJwk::from_members(&members)?)?))
}

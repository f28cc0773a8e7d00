//! The Ed25519 keys of one purpose.

use std::fmt;
use std::sync::Arc;

use acta_domain::Timestamp;
use acta_proof::key::{Signer as _, SigningKey, VerifyingKey};

use crate::place::{Place, current};

/// The signing keys of one purpose, oldest first; there is always one.
#[derive(Clone)]
pub struct SigningKeys {
    keys: Vec<Arc<SigningKey>>,
    /// Of each of them.
    places: Vec<Place>,
}

impl SigningKeys {
    /// `keys`, oldest first.
    ///
    /// # Panics
    /// If there is none.
    pub(crate) fn new(keys: Vec<(Place, SigningKey)>) -> Self {
        assert!(!keys.is_empty(), "a keyring holds at least one key of each purpose");
        let (places, keys) = keys.into_iter().map(|(place, key)| (place, Arc::new(key))).unzip();
        Self { keys, places }
    }

    /// The same keys with the one that signs at `now` last: those that still wait stand before it.
    #[must_use]
    pub fn as_of(&self, now: Timestamp) -> Self {
        let signs = current(&self.places, now);
        let mut same = self.clone();
        let (key, place) = (same.keys.remove(signs), same.places.remove(signs));
        same.keys.push(key);
        same.places.push(place);
        same
    }

    /// The key that signs: the last one.
    pub fn current(&self) -> Arc<SigningKey> {
        Arc::clone(self.keys.last().expect("a keyring holds at least one key of each purpose"))
    }

    /// All keys, for whoever verifies.
    pub fn published(&self) -> Vec<VerifyingKey> {
        self.keys.iter().map(|key| key.verifying_key()).collect()
    }

    /// All keys, the one that signs last.
    pub fn all(&self) -> &[Arc<SigningKey>] {
        &self.keys
    }

    /// Where each of [`Self::all`] stands.
    pub fn places(&self) -> &[Place] {
        &self.places
    }
}

/// The same keys, and the same one signs.
impl PartialEq for SigningKeys {
    fn eq(&self, other: &Self) -> bool {
        self.published() == other.published()
    }
}

impl Eq for SigningKeys {}

impl fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SigningKeys").field(&self.published()).finish()
    }
}

//! The master keys, which wrap the persons' keys.

use std::fmt;
use std::sync::Arc;

use acta_application::clock::{Randomness, random_bytes};
use acta_application::persons::{KeyWrap, UnwrapError};
use acta_domain::Timestamp;
use acta_proof::sealed::PersonKey;
use aes_gcm::aead::{Aead as _, Payload};
use aes_gcm::{Aes256Gcm, KeyInit as _};
use arc_swap::ArcSwap;
use zeroize::Zeroizing;

use crate::fingerprint;
use crate::place::{Place, current};
use crate::secret::Secret;

const NONCE: usize = 12;
/// The form that names its master key.
const NUMBERED: u8 = 1;
/// `0x01 ‖ number of the master key (u32, big-endian)`.
const HEADER: usize = 5;
/// Nonce, key and tag.
const SEALED: usize = NONCE + 32 + 16;
/// The number of the only master key there was before wrapped keys named theirs.
const FIRST: u32 = 1;

/// Wraps persons' keys with AES-256-GCM under the newest master key that is in use, and unwraps what any of them wrapped.
///
/// ```text
/// wrapped key         0x01 ‖ number (u32, big-endian) ‖ nonce (12) ‖ ciphertext (32) ‖ tag (16)     65 bytes
/// authenticated with  the first 5 bytes ‖ context
/// before              nonce (12) ‖ ciphertext (32) ‖ tag (16), authenticated with the context       60 bytes, master key 1
/// ```
pub struct MasterKeys {
    ring: ArcSwap<Ring>,
    randomness: Arc<dyn Randomness>,
}

/// The keys of one moment.
#[derive(Clone)]
struct Ring {
    /// Oldest first; never empty.
    keys: Vec<MasterKey>,
    /// Which of them wraps.
    wraps: usize,
}

#[derive(Clone)]
struct MasterKey {
    place: Place,
    cipher: Aes256Gcm,
    fingerprint: [u8; 32],
}

impl MasterKeys {
    /// The master keys with these numbers and secrets, oldest first; the last one wraps.
    ///
    /// # Panics
    /// If there is none.
    pub(crate) fn new(secrets: &[(u32, Secret)], randomness: Arc<dyn Randomness>) -> Self {
        assert!(!secrets.is_empty(), "there is at least one master key");
        let keys: Vec<_> = secrets.iter().map(|(number, secret)| MasterKey::new(*number, secret)).collect();
        let ring = Ring { wraps: keys.len() - 1, keys };
        Self { ring: ArcSwap::from_pointee(ring), randomness }
    }

    /// The same keys, and the one that is in use at `now` wraps.
    #[must_use]
    pub fn as_of(self, now: Timestamp) -> Self {
        let mut ring = Ring::clone(&self.ring.load());
        let places: Vec<_> = ring.keys.iter().map(|key| key.place).collect();
        ring.wraps = current(&places, now);
        self.ring.store(Arc::new(ring));
        self
    }

    /// From now on, wraps and unwraps as `newer` does.
    pub fn replace(&self, newer: &Self) {
        self.ring.store(newer.ring.load_full());
    }

    /// The number of the key that wraps.
    pub fn current(&self) -> u32 {
        self.ring.load().wrapping().place.number
    }

    /// Where the keys stand, oldest first.
    pub fn places(&self) -> Vec<Place> {
        self.ring.load().keys.iter().map(|key| key.place).collect()
    }

    /// What tells each key from another one and gives nothing of it away, by its number.
    pub fn fingerprints(&self) -> Vec<(u32, [u8; 32])> {
        self.ring.load().keys.iter().map(|key| (key.place.number, key.fingerprint)).collect()
    }

    /// Whether `wrapped` is of the form that names its master key.
    pub fn names_its_key(wrapped: &[u8]) -> bool {
        wrapped.len() == HEADER + SEALED && wrapped.first() == Some(&NUMBERED)
    }

    /// The number of the master key that `wrapped` was wrapped under; [`None`] if it is of no form that there ever was.
    pub fn number_of(wrapped: &[u8]) -> Option<u32> {
        match *wrapped {
            [NUMBERED, a, b, c, d, ..] if wrapped.len() == HEADER + SEALED => {
                Some(u32::from_be_bytes([a, b, c, d]))
            }
            _ if wrapped.len() == SEALED => Some(FIRST),
            _ => None,
        }
    }
}

impl Ring {
    fn wrapping(&self) -> &MasterKey {
        self.keys.get(self.wraps).expect("one of the keys wraps")
    }
}

impl MasterKey {
    fn new(number: u32, secret: &Secret) -> Self {
        Self {
            place: Place { number, in_use_from: secret.in_use_from },
            cipher: cipher(&secret.bytes),
            fingerprint: fingerprint("acta master key", &secret.bytes),
        }
    }

    fn header(&self) -> [u8; HEADER] {
        let [a, b, c, d] = self.place.number.to_be_bytes();
        [NUMBERED, a, b, c, d]
    }

    fn open(&self, sealed: &[u8], authenticated: &[u8]) -> Result<PersonKey, UnwrapError> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(UnwrapError)?;
        let sealed = Payload { msg: sealed, aad: authenticated };
        let plain = Zeroizing::new(self.cipher.decrypt(&(*nonce).into(), sealed).map_err(|_| UnwrapError)?);
        plain.as_slice().try_into().map(PersonKey::new).map_err(|_| UnwrapError)
    }
}

fn cipher(secret: &[u8; 32]) -> Aes256Gcm {
    let mut key = aes_gcm::Key::<Aes256Gcm>::from(*secret);
    let cipher = Aes256Gcm::new(&key);
    zeroize::Zeroize::zeroize(key.as_mut_slice());
    cipher
}

impl KeyWrap for MasterKeys {
    fn wrap(&self, key: &PersonKey, context: &[u8]) -> Vec<u8> {
        let ring = self.ring.load();
        let (master, nonce) = (ring.wrapping(), random_bytes::<NONCE>(&*self.randomness));
        let header = master.header();
        let plain = Payload { msg: key.expose(), aad: &[&header[..], context].concat() };
        let sealed = master.cipher.encrypt(&nonce.into(), plain).expect("AES-GCM takes 32 bytes");
        [&header[..], &nonce, &sealed].concat()
    }

    fn unwrap(&self, wrapped: &[u8], context: &[u8]) -> Result<PersonKey, UnwrapError> {
        let number = Self::number_of(wrapped).ok_or(UnwrapError)?;
        let ring = self.ring.load();
        let master = ring.keys.iter().find(|key| key.place.number == number).ok_or(UnwrapError)?;
        match wrapped.split_at_checked(wrapped.len() - SEALED) {
            Some((header, sealed)) => master.open(sealed, &[header, context].concat()),
            None => Err(UnwrapError),
        }
    }
}

impl fmt::Debug for MasterKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MasterKeys").field(&self.places()).finish()
    }
}

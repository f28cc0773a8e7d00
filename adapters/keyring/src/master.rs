//! The master key, which wraps the persons' keys.

use std::sync::Arc;

use acta_application::clock::{Randomness, random_bytes};
use acta_application::persons::{KeyWrap, UnwrapError};
use acta_proof::sealed::PersonKey;
use aes_gcm::aead::{Aead as _, Payload};
use aes_gcm::{Aes256Gcm, KeyInit as _};
use zeroize::Zeroizing;

use crate::fingerprint;

const NONCE: usize = 12;

/// Wraps persons' keys with AES-256-GCM; a wrapped key is `nonce (12) ‖ ciphertext (32) ‖ tag (16)`.
pub struct MasterKey {
    cipher: Aes256Gcm,
    fingerprint: [u8; 32],
    randomness: Arc<dyn Randomness>,
}

impl MasterKey {
    /// The master key `secret`, with nonces from `randomness`.
    pub fn new(secret: &Zeroizing<[u8; 32]>, randomness: Arc<dyn Randomness>) -> Self {
        let fingerprint = fingerprint("acta master key", secret);
        Self { cipher: Aes256Gcm::new(&(**secret).into()), fingerprint, randomness }
    }

    /// What tells it from another master key, and gives nothing of it away.
    pub fn fingerprint(&self) -> [u8; 32] {
        self.fingerprint
    }
}

impl KeyWrap for MasterKey {
    fn wrap(&self, key: &PersonKey, context: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE] = random_bytes(&*self.randomness);
        let plain = Payload { msg: key.expose(), aad: context };
        let sealed = self.cipher.encrypt(&nonce.into(), plain).expect("AES-GCM takes 32 bytes");
        [nonce.as_slice(), &sealed].concat()
    }

    fn unwrap(&self, wrapped: &[u8], context: &[u8]) -> Result<PersonKey, UnwrapError> {
        let (nonce, sealed) = wrapped.split_first_chunk::<NONCE>().ok_or(UnwrapError)?;
        let sealed = Payload { msg: sealed, aad: context };
        let plain = self.cipher.decrypt(&(*nonce).into(), sealed).map_err(|_| UnwrapError)?;
        let plain = Zeroizing::new(plain);
        plain.as_slice().try_into().map(PersonKey::new).map_err(|_| UnwrapError)
    }
}

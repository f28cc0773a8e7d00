//! Public keys that signatures are verified with.

use acta_application::access::KeyThumbprint;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
};

use super::jwk::bytes;
use super::{Algorithm, JwkError, PublicJwk};

/// A public key, ready to verify.
#[derive(Debug, Clone)]
pub struct PublicKey {
    algorithm: Algorithm,
    thumbprint: KeyThumbprint,
    key: ParsedPublicKey,
}

impl PublicKey {
    /// Makes `jwk` ready.
    ///
    /// # Errors
    /// [`JwkError::Numbers`] if it is no key, such as a point that is not on its curve.
    pub fn new(jwk: &PublicJwk) -> Result<Self, JwkError> {
        let key = match jwk {
            PublicJwk::Rsa { n, e } => RsaPublicKeyComponents { n: bytes(n)?, e: bytes(e)? }
                .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256),
            PublicJwk::P256 { x, y } => {
                // SEC 1 §2.3.3: 04, then both coordinates.
                let point = [vec![4], bytes(x)?, bytes(y)?].concat();
                ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
            }
            PublicJwk::Ed25519 { x } => ParsedPublicKey::new(&ED25519, bytes(x)?),
        };
        let key = key.map_err(|_| JwkError::Numbers)?;
        Ok(Self { algorithm: jwk.algorithm(), thumbprint: jwk.thumbprint(), key })
    }

    /// The only algorithm that it verifies by.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Its thumbprint (RFC 7638).
    pub const fn thumbprint(&self) -> KeyThumbprint {
        self.thumbprint
    }

    /// Whether `signature` is this key's over `message`.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.key.verify_sig(message, signature).is_ok()
    }
}

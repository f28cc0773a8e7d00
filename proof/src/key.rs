//! Ed25519 keys (RFC 8032): their published forms, their ids, and signing.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{
    self, DecodePrivateKey as _, DecodePublicKey as _, EncodePrivateKey as _, EncodePublicKey as _,
    KeypairBytes,
};
use ed25519_dalek::{Signature, Signer as _};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::cbor::Encoder;

/// The thumbprint of a public key (RFC 9679 with SHA-256): the `kid` of everything it signs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(pub [u8; 32]);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

/// Why bytes or text are not a usable key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not the encoding of a point on the curve.
    #[error("these 32 bytes are not an Ed25519 public key")]
    NotAPoint,
    /// A point of small order, under which one signature fits many messages.
    #[error("this Ed25519 public key is weak: it has a small order")]
    Weak,
    /// Not a PEM document holding an Ed25519 public key (`SubjectPublicKeyInfo`).
    #[error("this is not the PEM of an Ed25519 public key")]
    PublicPem(#[source] pkcs8::spki::Error),
    /// Not a PEM document holding an Ed25519 private key (PKCS#8).
    #[error("this is not the PEM of an Ed25519 private key")]
    PrivatePem(#[source] pkcs8::Error),
}

/// A public key that proofs are verified with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct VerifyingKey(ed25519_dalek::VerifyingKey);

impl VerifyingKey {
    /// Takes the 32 bytes of RFC 8032 §5.1.2.
    ///
    /// # Errors
    /// [`KeyError::NotAPoint`] or [`KeyError::Weak`].
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        Self::checked(ed25519_dalek::VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::NotAPoint)?)
    }

    /// Reads `-----BEGIN PUBLIC KEY-----` (RFC 8410).
    ///
    /// # Errors
    /// [`KeyError::PublicPem`] or [`KeyError::Weak`].
    pub fn from_spki_pem(pem: &str) -> Result<Self, KeyError> {
        Self::checked(ed25519_dalek::VerifyingKey::from_public_key_pem(pem).map_err(KeyError::PublicPem)?)
    }

    fn checked(key: ed25519_dalek::VerifyingKey) -> Result<Self, KeyError> {
        if key.is_weak() { Err(KeyError::Weak) } else { Ok(Self(key)) }
    }

    /// The 32 bytes of RFC 8032 §5.1.2.
    pub fn to_bytes(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// `-----BEGIN PUBLIC KEY-----` (RFC 8410), which OpenSSL reads.
    ///
    /// # Panics
    /// Never: a key of fixed length always has its PEM.
    pub fn to_spki_pem(&self) -> String {
        self.0.to_public_key_pem(LineEnding::LF).expect("32 bytes always fit a SubjectPublicKeyInfo")
    }

    // a3 01 01        kty: OKP
    //    20 06        crv: Ed25519
    //    21 58 20 …   x
    /// The key as a `COSE_Key` with the required members only (RFC 9053 §7.2).
    pub fn to_cose_key(&self) -> Vec<u8> {
        Encoder::new().map(3).int(1).int(1).int(-1).int(6).int(-2).bytes(&self.to_bytes()).finish()
    }

    /// SHA-256 of the `COSE_Key` (RFC 9679).
    pub fn id(&self) -> KeyId {
        KeyId(Sha256::digest(self.to_cose_key()).into())
    }

    /// The key as a JWK (RFC 8037); `kid` is the base64url of [`VerifyingKey::id`], the same as in JWS headers.
    pub fn to_jwk(&self) -> serde_json::Value {
        serde_json::json!({
            "alg": "EdDSA",
            "crv": "Ed25519",
            "kid": self.id().to_string(),
            "kty": "OKP",
            "use": "sig",
            "x": URL_SAFE_NO_PAD.encode(self.to_bytes()),
        })
    }

    /// Whether the signature is this key's over the message. Strict (RFC 8032 §5.1.7 without cofactor, canonical `S` and
    /// `R` only), so that a signature has one form and every verifier agrees.
    pub fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.0.verify_strict(message, &Signature::from_bytes(signature)).is_ok()
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({})", self.id())
    }
}

/// Whatever holds the issuer's private key: [`SigningKey`], or a hardware module.
pub trait Signer: Send + Sync {
    /// The public half.
    fn verifying_key(&self) -> VerifyingKey;
    /// The pure Ed25519 signature of the message.
    fn sign(&self, message: &[u8]) -> [u8; 64];
}

/// A private key in memory. Wiped when dropped; never printed.
#[derive(Clone)]
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// The key of a 32 byte seed (RFC 8032 §5.1.5).
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// Reads `-----BEGIN PRIVATE KEY-----` (PKCS#8, RFC 8410).
    ///
    /// # Errors
    /// [`KeyError::PrivatePem`].
    pub fn from_pkcs8_pem(pem: &str) -> Result<Self, KeyError> {
        ed25519_dalek::SigningKey::from_pkcs8_pem(pem).map(Self).map_err(KeyError::PrivatePem)
    }

    /// `-----BEGIN PRIVATE KEY-----` in PKCS#8 version 1, without the public key: OpenSSL 3.0 refuses version 2.
    ///
    /// # Panics
    /// Never: a key of fixed length always has its PEM.
    pub fn to_pkcs8_pem(&self) -> Zeroizing<String> {
        let version_1 = KeypairBytes { secret_key: self.0.to_bytes(), public_key: None };
        version_1.to_pkcs8_pem(LineEnding::LF).expect("32 bytes always fit a PKCS#8 document")
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.verifying_key().id())
    }
}

impl Signer for SigningKey {
    fn verifying_key(&self) -> VerifyingKey {
        VerifyingKey(self.0.verifying_key())
    }

    fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

#[cfg(test)]
mod tests;

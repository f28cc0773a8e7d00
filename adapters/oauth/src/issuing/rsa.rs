//! RSA keys that sign.

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rustls_pki_types::PrivatePkcs8KeyDer;
use rustls_pki_types::pem::PemObject as _;
use zeroize::Zeroizing;

use crate::jose::{PublicJwk, PublicKey};

/// Why a text is no key that signs tokens. It never says anything of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RsaKeyError {
    /// It is no `-----BEGIN PRIVATE KEY-----` (PKCS#8, RFC 5958).
    #[error("the key is not a private key in PEM form")]
    Pem,
    /// It is no RSA key of 2048 to 4096 bits.
    #[error("the key is not an RSA key of 2048 to 4096 bits")]
    Rsa,
}

/// An RSA key that signs by RS256; its name is its thumbprint (RFC 7638).
pub struct Rs256Signer {
    pair: RsaKeyPair,
    jwk: PublicJwk,
    public: PublicKey,
    kid: String,
}

impl Rs256Signer {
    /// Reads a private key, `-----BEGIN PRIVATE KEY-----` (PKCS#8).
    ///
    /// # Errors
    /// See [`RsaKeyError`].
    pub fn from_pkcs8_pem(pem: &str) -> Result<Self, RsaKeyError> {
        let der = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| RsaKeyError::Pem)?;
        let pair = RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).map_err(|_| RsaKeyError::Rsa)?;
        let encode = |number: &[u8]| URL_SAFE_NO_PAD.encode(number);
        let n = encode(pair.public_key().modulus().big_endian_without_leading_zero());
        let e = encode(pair.public_key().exponent().big_endian_without_leading_zero());
        let json = serde_json::json!({ "kty": "RSA", "n": n, "e": e }).to_string();
        let jwk = PublicJwk::parse(json.as_bytes()).map_err(|_| RsaKeyError::Rsa)?;
        let public = PublicKey::new(&jwk).map_err(|_| RsaKeyError::Rsa)?;
        Ok(Self { kid: public.thumbprint().to_string(), pair, jwk, public })
    }

    /// The key's name in headers and in the published set.
    pub fn key_id(&self) -> &str {
        &self.kid
    }

    /// The public key, as it is published.
    pub fn published(&self) -> serde_json::Value {
        self.jwk.to_json(&self.kid)
    }

    pub(super) fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The signature over `message` (RFC 8017 §8.2.1).
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
            .expect("an RSA key of 2048 bits and more signs every digest");
        signature
    }
}

/// A new RSA key of 3072 bits, `-----BEGIN PRIVATE KEY-----` (PKCS#8).
///
/// # Panics
/// When the operating system gives no randomness.
pub fn generate_rsa_pem() -> Zeroizing<String> {
    let pair = RsaKeyPair::generate(KeySize::Rsa3072).expect("the operating system gives randomness");
    let der: Pkcs8V1Der<'_> = pair.as_der().expect("an RSA key always has its PKCS#8 form");
    let base64 = Zeroizing::new(STANDARD.encode(der.as_ref()));
    let mut pem = Zeroizing::new(String::with_capacity(base64.len() * 2));
    pem.push_str("-----BEGIN PRIVATE KEY-----\n");
    for start in (0..base64.len()).step_by(64) {
        pem.push_str(&base64[start..base64.len().min(start + 64)]);
        pem.push('\n');
    }
    pem.push_str("-----END PRIVATE KEY-----\n");
    pem
}

//! Keys, and tokens of any shape, good or bad.

use std::sync::LazyLock;

use acta_application::access::KeyThumbprint;
use acta_oauth::jose::PublicJwk;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

pub(crate) enum Key {
    Rsa(RsaKeyPair),
    P256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

pub(crate) static RSA: LazyLock<Key> = LazyLock::new(|| rsa(KeySize::Rsa2048));
pub(crate) static P256: LazyLock<Key> = LazyLock::new(p256);
pub(crate) static OTHER_P256: LazyLock<Key> = LazyLock::new(p256);
pub(crate) static ED25519: LazyLock<Key> =
    LazyLock::new(|| Key::Ed25519(Ed25519KeyPair::generate().unwrap()));

fn rsa(size: KeySize) -> Key {
    Key::Rsa(RsaKeyPair::generate(size).unwrap())
}

pub(crate) fn p256() -> Key {
    Key::P256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
}

impl Key {
    pub(crate) fn algorithm(&self) -> &'static str {
        match self {
            Self::Rsa(_) => "RS256",
            Self::P256(_) => "ES256",
            Self::Ed25519(_) => "EdDSA",
        }
    }

    pub(crate) fn jwk(&self) -> Value {
        match self {
            Self::Rsa(key) => json!({
                "kty": "RSA",
                "n": base64url(key.public_key().modulus().big_endian_without_leading_zero()),
                "e": base64url(key.public_key().exponent().big_endian_without_leading_zero()),
            }),
            Self::P256(key) => {
                let (x, y) = key.public_key().as_ref()[1..].split_at(32);
                json!({ "kty": "EC", "crv": "P-256", "x": base64url(x), "y": base64url(y) })
            }
            Self::Ed25519(key) => {
                json!({ "kty": "OKP", "crv": "Ed25519", "x": base64url(key.public_key().as_ref()) })
            }
        }
    }

    /// As issuers publish it.
    pub(crate) fn published(&self, kid: &str) -> Value {
        let mut jwk = self.jwk();
        jwk["kid"] = kid.into();
        jwk
    }

    pub(crate) fn thumbprint(&self) -> KeyThumbprint {
        PublicJwk::parse(self.jwk().to_string().as_bytes()).unwrap().thumbprint()
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).unwrap();
                signature
            }
            Self::P256(key) => key.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec(),
            Self::Ed25519(key) => key.sign(message).as_ref().to_vec(),
        }
    }

    /// A JWS in compact form with exactly this header and payload.
    pub(crate) fn jws(&self, header: &str, payload: &str) -> String {
        let message = format!("{}.{}", base64url(header.as_bytes()), base64url(payload.as_bytes()));
        let signature = base64url(&self.sign(message.as_bytes()));
        format!("{message}.{signature}")
    }
}

pub(crate) fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

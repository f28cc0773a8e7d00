//! Whoever holds a key, in either of the algorithms that clients use.

use acta_application::access::KeyThumbprint;
use acta_domain::Timestamp;
use acta_proof::key::SigningKey;
use acta_services::{HolderKey, RequestToProve};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{PATH, URL};

/// How proofs are signed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Algorithm {
    /// What browsers have in hardware.
    Es256,
    /// What the command line uses.
    EdDsa,
}

/// A key.
pub(super) enum Holder {
    Es256 { key: Box<EcdsaKeyPair>, x: String, y: String },
    EdDsa(HolderKey),
}

impl Holder {
    pub(super) fn new(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::EdDsa => Self::EdDsa(HolderKey::new(SigningKey::from_seed(&rand::random()))),
            Algorithm::Es256 => {
                let key =
                    EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key can be made");
                // An uncompressed point (SEC 1 §2.3.3): 0x04, then 32 bytes each of x and y.
                let (x, y) = key.public_key().as_ref()[1..].split_at(32);
                let (x, y) = (BASE64.encode(x), BASE64.encode(y));
                Self::Es256 { key: Box::new(key), x, y }
            }
        }
    }

    pub(super) fn thumbprint(&self) -> KeyThumbprint {
        match self {
            Self::EdDsa(key) => key.thumbprint(),
            Self::Es256 { x, y, .. } => {
                let members = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
                KeyThumbprint::new(Sha256::digest(members).into())
            }
        }
    }

    /// A proof for a write with `token` at `now`, named `id`.
    pub(super) fn prove(&self, token: &str, now: Timestamp, id: Uuid) -> String {
        let url = format!("{URL}{PATH}");
        match self {
            Self::EdDsa(key) => {
                let request = RequestToProve { method: "POST", url: &url, token: Some(token), nonce: None };
                key.prove(&request, now, id)
            }
            Self::Es256 { key, x, y } => {
                let jwk = json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y });
                let header = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": jwk });
                let claims = json!({ "jti": id, "htm": "POST", "htu": url, "iat": now.as_micros() / 1_000_000,
                    "ath": BASE64.encode(Sha256::digest(token)) });
                let signed =
                    format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims.to_string()));
                let signature = key.sign(&SystemRandom::new(), signed.as_bytes()).expect("the key signs");
                format!("{signed}.{}", BASE64.encode(signature))
            }
        }
    }
}

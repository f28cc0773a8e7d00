//! The other end of a token that is bound to a key: whoever holds the key, and proves it with each request (RFC 9449).

use acta_application::access::KeyThumbprint;
use acta_domain::Timestamp;
use acta_proof::key::{Signer as _, SigningKey, VerifyingKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

const MICROS: i64 = 1_000_000;

/// An Ed25519 key whose holder proves possession of it.
#[derive(Debug, Clone)]
pub struct HolderKey {
    key: SigningKey,
    /// The header of every proof, as it is signed.
    header: String,
}

/// A request that possession is proved with.
#[derive(Debug, Clone, Copy)]
pub struct RequestToProve<'a> {
    /// The method as it is sent, `POST`.
    pub method: &'a str,
    /// The URL as it is called; a query or a fragment is left out of the proof.
    pub url: &'a str,
    /// The access token that goes with it; nothing where a token is asked for (RFC 9449 §5).
    pub token: Option<&'a str>,
    /// The nonce of the service's last answer, if it gave one (RFC 9449 §8).
    pub nonce: Option<&'a str>,
}

#[derive(Serialize)]
struct Claims<'a> {
    jti: Uuid,
    htm: &'a str,
    htu: &'a str,
    iat: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    ath: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
}

impl HolderKey {
    /// Takes the key.
    pub fn new(key: SigningKey) -> Self {
        let header = json!({ "typ": "dpop+jwt", "alg": "EdDSA", "jwk": jwk(&key.verifying_key()) });
        Self { key, header: encoded(header.to_string()) }
    }

    /// What a token that is bound to the key says of it (`cnf.jkt`).
    pub fn thumbprint(&self) -> KeyThumbprint {
        thumbprint_of(&self.key.verifying_key())
    }

    /// The value of the header `DPoP` for `request`, sent at `now`; `id` is the proof's own, used once (RFC 9449 §4.2).
    pub fn prove(&self, request: &RequestToProve<'_>, now: Timestamp, id: Uuid) -> String {
        let claims = Claims {
            jti: id,
            htm: request.method,
            htu: request.url.split(['?', '#']).next().unwrap_or_default(),
            iat: now.as_micros() / MICROS,
            ath: request.token.map(|token| encoded(Sha256::digest(token))),
            nonce: request.nonce,
        };
        let claims = serde_json::to_vec(&claims).expect("claims are plain JSON");
        let signed = format!("{}.{}", self.header, encoded(claims));
        let signature = encoded(self.key.sign(signed.as_bytes()));
        format!("{signed}.{signature}")
    }
}

/// The thumbprint of a public key (RFC 7638, RFC 8037 §2).
pub fn thumbprint_of(key: &VerifyingKey) -> KeyThumbprint {
    // The required members and no others, in the order of their names, without white space: as `serde_json` writes them.
    KeyThumbprint::new(Sha256::digest(jwk(key).to_string()).into())
}

fn jwk(key: &VerifyingKey) -> serde_json::Value {
    json!({ "crv": "Ed25519", "kty": "OKP", "x": encoded(key.to_bytes()) })
}

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests;

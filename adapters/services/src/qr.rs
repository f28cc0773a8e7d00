//! QR codes that this service signs: they expire, name one person in one session, and are good once.

use std::sync::Arc;

use acta_application::attendance::{QrClaims, QrError, QrTokens, VerifiedQr};
use acta_domain::{EvidenceDigest, Timestamp};
use acta_proof::commitment::{Salt, commit};
use acta_proof::key::SigningKey;
use acta_proof::sealed::SealedPart;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::jwt::Jwt;

const TYP: &str = "acta-qr+jwt";
const MICROS: i64 = 1_000_000;

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    tenant: String,
    session: String,
    person: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    weight: Option<String>,
    /// Name and contact as ciphertext: whoever scans a code reads nobody's name in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    sealed: Option<String>,
    exp: i64,
    jti: Uuid,
}

/// Signs and checks QR codes with the service's own keys.
pub struct SignedQrCodes {
    jwt: Jwt,
    digest_key: Salt,
}

impl SignedQrCodes {
    /// Codes by `issuer`, a URL; the last of `keys` signs. `digest_key` keys the digests that remember used codes.
    pub fn new(issuer: &str, keys: &[Arc<SigningKey>], digest_key: [u8; 32]) -> Self {
        Self { jwt: Jwt::new(TYP, issuer, keys), digest_key: Salt(digest_key) }
    }
}

impl QrTokens for SignedQrCodes {
    fn issue(&self, claims: &QrClaims) -> String {
        self.jwt.sign(&Claims {
            iss: self.jwt.issuer().to_owned(),
            aud: self.jwt.issuer().to_owned(),
            tenant: claims.tenant.to_string(),
            session: claims.session.to_string(),
            person: claims.person.to_string(),
            weight: claims.voting_weight.map(|weight| weight.to_string()),
            sealed: claims.sealed.as_ref().map(|part| BASE64.encode(part.encode())),
            exp: claims.expires_at.as_micros() / MICROS,
            jti: claims.id,
        })
    }

    fn verify(&self, token: &str, now: Timestamp) -> Result<VerifiedQr, QrError> {
        let claims: Claims = self.jwt.check(token).ok_or(QrError::Invalid)?;
        let claims = parse(&claims).ok_or(QrError::Invalid)?;
        if claims.expires_at <= now {
            return Err(QrError::Expired);
        }
        // A keyed digest: the log must not hold what could be shown again as a code.
        let digest = commit(&self.digest_key, claims.id.as_bytes());
        Ok(VerifiedQr { evidence: EvidenceDigest::new(digest.0), claims })
    }
}

fn parse(claims: &Claims) -> Option<QrClaims> {
    Some(QrClaims {
        tenant: claims.tenant.parse().ok()?,
        session: claims.session.parse().ok()?,
        person: claims.person.parse().ok()?,
        voting_weight: claims.weight.as_deref().map(str::parse).transpose().ok()?,
        sealed: claims.sealed.as_deref().map(sealed_part).transpose().ok()?,
        expires_at: Timestamp::from_micros(claims.exp.checked_mul(MICROS)?).ok()?,
        id: claims.jti,
    })
}

/// The ciphertext in `text`.
fn sealed_part(text: &str) -> Result<SealedPart, QrError> {
    let bytes = BASE64.decode(text).map_err(|_| QrError::Invalid)?;
    SealedPart::decode(&bytes).map_err(|_| QrError::Invalid)
}

#[cfg(test)]
mod tests;

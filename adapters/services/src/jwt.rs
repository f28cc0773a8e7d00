//! Signing and checking JSON Web Tokens (RFC 7519) with the service's own Ed25519 keys.

use std::collections::HashMap;
use std::sync::Arc;

use acta_proof::key::{Signer as _, SigningKey};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The keys that sign and check tokens of one kind; `typ` keeps the kinds apart (RFC 8725 §3.11).
pub(crate) struct Jwt {
    typ: &'static str,
    issuer: String,
    kid: String,
    signs: EncodingKey,
    checks: HashMap<String, DecodingKey>,
}

impl Jwt {
    /// Tokens of kind `typ` by `issuer`; the last of `keys` signs, all of them check.
    pub(crate) fn new(typ: &'static str, issuer: &str, keys: &[Arc<SigningKey>]) -> Self {
        let current = keys.last().expect("an issuer has at least one key");
        let pem = current.to_pkcs8_pem();
        let checks = keys.iter().map(|key| {
            let key = key.verifying_key();
            (key.id().to_string(), DecodingKey::from_ed_der(&key.to_bytes()))
        });
        Self {
            typ,
            issuer: issuer.to_owned(),
            kid: current.verifying_key().id().to_string(),
            signs: EncodingKey::from_ed_pem(pem.as_bytes()).expect("our own keys are PKCS#8 v1 Ed25519"),
            checks: checks.collect(),
        }
    }

    pub(crate) fn issuer(&self) -> &str {
        &self.issuer
    }

    pub(crate) fn sign(&self, claims: &impl Serialize) -> String {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(self.typ.to_owned());
        header.kid = Some(self.kid.clone());
        jsonwebtoken::encode(&header, claims, &self.signs)
            .expect("claims are plain JSON and the key is Ed25519")
    }

    /// The claims of `token` if one of our keys signed it as this kind. Times are the caller's to check, by its own clock.
    pub(crate) fn check<C: DeserializeOwned + Clone>(&self, token: &str) -> Option<C> {
        let header = jsonwebtoken::decode_header(token).ok()?;
        if header.typ.as_deref() != Some(self.typ) {
            return None;
        }
        let key = self.checks.get(header.kid.as_deref()?)?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.validate_exp = false;
        validation.required_spec_claims.clear();
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.issuer]);
        validation.set_required_spec_claims(&["iss", "aud"]);
        Some(jsonwebtoken::decode::<C>(token, key, &validation).ok()?.claims)
    }
}

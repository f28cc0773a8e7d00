//! Checking one proof. Pure: the addresses and the time come in.

use acta_application::access::{KeyThumbprint, ProofRequest};
use acta_domain::Timestamp;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::uri::Address;
use super::{DpopError, Origin};
use crate::jose::{Compact, JwkError, Members, PublicJwk, PublicKey};
use crate::jwt::micros;

const LONGEST: usize = 8 * 1_024;
const PROOF: &str = "dpop+jwt";
const MICROS: i64 = 1_000_000;
/// How old a proof may be, in microseconds.
pub(super) const PAST: i64 = 60 * MICROS;
/// How far in the future it may be made, for clocks that are apart, in microseconds.
pub(super) const FUTURE: i64 = 5 * MICROS;
const LONGEST_ID: usize = 256;

/// What a proof that holds says; whether it was used before, and whether its nonce is ours, is still to be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedClaims {
    /// The key that it was made with.
    pub key: KeyThumbprint,
    /// Its name, which its key uses once.
    pub id: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// The nonce in it.
    pub nonce: Option<String>,
}

/// Checks that the proof of `request` is one, for this request, from now (RFC 9449 §4.3); the service is reached at `origins`.
///
/// # Errors
/// See [`DpopError`].
pub fn check(
    request: &ProofRequest<'_>,
    origins: &[Origin],
    now: Timestamp,
) -> Result<CheckedClaims, DpopError> {
    let proof = only(request.proofs)?;
    if proof.len() > LONGEST {
        return Err(DpopError::TooLong);
    }
    let compact = Compact::parse(proof).ok_or(DpopError::Form)?;
    let key = signing_key(&compact)?;
    let claims = compact.claims().ok_or(DpopError::Form)?;
    if !compact.is_signed_with(&key) {
        return Err(DpopError::Signature);
    }
    check_request(&claims, request, origins)?;
    check_token(&claims, request, key.thumbprint())?;
    Ok(CheckedClaims {
        key: key.thumbprint(),
        made_at: made_at(&claims, now)?,
        id: id(&claims)?,
        nonce: text(&claims, "nonce")?,
    })
}

fn only<'a>(proofs: &[&'a str]) -> Result<&'a str, DpopError> {
    match proofs {
        [] => Err(DpopError::Missing),
        [proof] => Ok(proof),
        _ => Err(DpopError::Several),
    }
}

/// The key that the proof brings; it decides the algorithm.
fn signing_key(compact: &Compact<'_>) -> Result<PublicKey, DpopError> {
    let header = compact.header().ok_or(DpopError::Form)?;
    if header.kind().ok().flatten().as_deref() != Some(PROOF) {
        return Err(DpopError::Type);
    }
    if header.wants_extensions() {
        return Err(DpopError::Extension);
    }
    let algorithm = header.algorithm().ok_or(DpopError::Algorithm)?;
    let jwk = header.key().ok().flatten().ok_or(DpopError::Key(JwkError::Form))?;
    let jwk = PublicJwk::from_members(&jwk).map_err(DpopError::Key)?;
    if jwk.algorithm() != algorithm {
        return Err(DpopError::Algorithm);
    }
    PublicKey::new(&jwk).map_err(DpopError::Key)
}

fn check_request(
    claims: &Members<'_>,
    request: &ProofRequest<'_>,
    origins: &[Origin],
) -> Result<(), DpopError> {
    if text(claims, "htm")?.ok_or(DpopError::Claim("htm"))? != request.method {
        return Err(DpopError::Method);
    }
    let htu = text(claims, "htu")?.ok_or(DpopError::Claim("htu"))?;
    let address = Address::parse(&htu).ok_or(DpopError::Address)?;
    if origins.iter().any(|origin| origin.is_address_of(request.path, &address)) {
        Ok(())
    } else {
        Err(DpopError::Address)
    }
}

fn check_token(
    claims: &Members<'_>,
    request: &ProofRequest<'_>,
    key: KeyThumbprint,
) -> Result<(), DpopError> {
    let Some((token, bound_to)) = request.token else { return Ok(()) };
    let ath = text(claims, "ath")?.ok_or(DpopError::Claim("ath"))?;
    if ath != URL_SAFE_NO_PAD.encode(Sha256::digest(token)) {
        return Err(DpopError::OtherToken);
    }
    if bound_to == key { Ok(()) } else { Err(DpopError::OtherKey) }
}

fn made_at(claims: &Members<'_>, now: Timestamp) -> Result<Timestamp, DpopError> {
    let malformed = DpopError::Claim("iat");
    let number = claims.get::<serde_json::Number>("iat").ok().flatten().ok_or(malformed)?;
    let made = micros(&number).and_then(|micros| Timestamp::from_micros(micros).ok()).ok_or(malformed)?;
    if made.as_micros() < now.as_micros() - PAST {
        return Err(DpopError::Old);
    }
    if made.as_micros() > now.as_micros() + FUTURE {
        return Err(DpopError::Future);
    }
    Ok(made)
}

fn id(claims: &Members<'_>) -> Result<String, DpopError> {
    let id = text(claims, "jti")?.filter(|id| (1..=LONGEST_ID).contains(&id.chars().count()));
    id.ok_or(DpopError::Claim("jti"))
}

fn text(claims: &Members<'_>, name: &'static str) -> Result<Option<String>, DpopError> {
    let text = claims.text(name).map_err(|_| DpopError::Claim(name))?;
    Ok(text.map(std::borrow::Cow::into_owned))
}

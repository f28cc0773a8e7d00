//! Public keys as JSON.

use acta_application::access::KeyThumbprint;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{Algorithm, Members};

/// Members that only private and symmetric keys have (RFC 7518 §6.2.2, §6.3.2, §6.4; RFC 8037 §2).
const SECRET: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
const SHORTEST_RSA: usize = 256;
const LONGEST_RSA: usize = 512;

/// Why a JWK is no key that signatures are verified with here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwkError {
    /// A member is missing or malformed, or has another length than the key's kind.
    #[error("a member of the key is missing or malformed")]
    Form,
    /// It holds what its owner must keep.
    #[error("the key is not public")]
    Secret,
    /// Another type, curve, algorithm or use.
    #[error("the key is not for RS256, ES256 or EdDSA signatures")]
    Unsupported,
    /// An RSA key of less than 2048 or more than 4096 bits.
    #[error("an RSA key has 2048 to 4096 bits")]
    Size,
    /// Its numbers are no key.
    #[error("the key's numbers are no key")]
    Numbers,
}

/// A public key (RFC 7517 §4); base64url without padding, in the one form that each number has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicJwk {
    /// RSA (RFC 7518 §6.3.1).
    Rsa {
        /// The modulus.
        n: String,
        /// The exponent.
        e: String,
    },
    /// P-256 (RFC 7518 §6.2.1).
    P256 {
        /// The first coordinate, 32 bytes.
        x: String,
        /// The second coordinate, 32 bytes.
        y: String,
    },
    /// Ed25519 (RFC 8037 §2).
    Ed25519 {
        /// The key, 32 bytes.
        x: String,
    },
}

impl PublicJwk {
    /// Reads a JWK as JSON text.
    ///
    /// # Errors
    /// See [`JwkError`].
    pub fn parse(json: &[u8]) -> Result<Self, JwkError> {
        Self::from_members(&Members::parse(json).ok_or(JwkError::Form)?)
    }

    /// Reads a JWK; it must be public, for signatures, and for the algorithm that fits its type.
    pub(crate) fn from_members(jwk: &Members<'_>) -> Result<Self, JwkError> {
        if SECRET.iter().any(|name| jwk.has(name)) {
            return Err(JwkError::Secret);
        }
        let key = match (text(jwk, "kty")?.as_str(), optional(jwk, "crv")?.as_deref()) {
            ("RSA", None) => Self::Rsa { n: text(jwk, "n")?, e: text(jwk, "e")? },
            ("EC", Some("P-256")) => Self::P256 { x: text(jwk, "x")?, y: text(jwk, "y")? },
            ("OKP", Some("Ed25519")) => Self::Ed25519 { x: text(jwk, "x")? },
            _ => return Err(JwkError::Unsupported),
        };
        key.is_meant_for_signatures(jwk)?;
        key.has_numbers_of_its_kind()?;
        Ok(key)
    }

    fn is_meant_for_signatures(&self, jwk: &Members<'_>) -> Result<(), JwkError> {
        let algorithm = optional(jwk, "alg")?.is_none_or(|name| name == self.algorithm().name());
        let usage = optional(jwk, "use")?.is_none_or(|usage| usage == "sig");
        let operations = jwk.get::<Vec<String>>("key_ops").map_err(|_| JwkError::Form)?;
        let verify = operations.is_none_or(|operations| operations.iter().any(|name| name == "verify"));
        if algorithm && usage && verify { Ok(()) } else { Err(JwkError::Unsupported) }
    }

    fn has_numbers_of_its_kind(&self) -> Result<(), JwkError> {
        match self {
            Self::Rsa { n, e } => {
                let (n, e) = (number(n)?, number(e)?);
                if (SHORTEST_RSA..=LONGEST_RSA).contains(&n.len()) && e.len() <= 4 {
                    return Ok(());
                }
                Err(JwkError::Size)
            }
            Self::P256 { x, y } => point(x).and(point(y)),
            Self::Ed25519 { x } => point(x),
        }
    }

    /// The only algorithm that signatures of this key are verified by (RFC 8725 §3.1).
    pub const fn algorithm(&self) -> Algorithm {
        match self {
            Self::Rsa { .. } => Algorithm::Rs256,
            Self::P256 { .. } => Algorithm::Es256,
            Self::Ed25519 { .. } => Algorithm::EdDsa,
        }
    }

    /// The key's thumbprint (RFC 7638 §3, RFC 8037 §2): SHA-256 of its required members in lexical order, without spaces.
    pub fn thumbprint(&self) -> KeyThumbprint {
        let required = match self {
            Self::Rsa { n, e } => format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#),
            Self::P256 { x, y } => format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#),
            Self::Ed25519 { x } => format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#),
        };
        KeyThumbprint::new(Sha256::digest(required).into())
    }

    /// The key as it is published under the name `kid`.
    pub fn to_json(&self, kid: &str) -> Value {
        let mut jwk = match self {
            Self::Rsa { n, e } => json!({ "kty": "RSA", "n": n, "e": e }),
            Self::P256 { x, y } => json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y }),
            Self::Ed25519 { x } => json!({ "kty": "OKP", "crv": "Ed25519", "x": x }),
        };
        jwk["alg"] = self.algorithm().name().into();
        jwk["use"] = "sig".into();
        jwk["kid"] = kid.into();
        jwk
    }
}

fn optional(jwk: &Members<'_>, name: &str) -> Result<Option<String>, JwkError> {
    Ok(jwk.text(name).map_err(|_| JwkError::Form)?.map(std::borrow::Cow::into_owned))
}

fn text(jwk: &Members<'_>, name: &str) -> Result<String, JwkError> {
    optional(jwk, name)?.ok_or(JwkError::Form)
}

/// The bytes of a number that does not start with zeros (RFC 7518 §2, `Base64urlUInt`).
fn number(text: &str) -> Result<Vec<u8>, JwkError> {
    let bytes = bytes(text)?;
    if bytes.first().is_none_or(|first| *first == 0) { Err(JwkError::Form) } else { Ok(bytes) }
}

fn point(text: &str) -> Result<(), JwkError> {
    if bytes(text)?.len() == 32 { Ok(()) } else { Err(JwkError::Form) }
}

pub(super) fn bytes(text: &str) -> Result<Vec<u8>, JwkError> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| JwkError::Form)
}

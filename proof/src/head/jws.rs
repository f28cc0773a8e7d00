//! The head as a compact JWS (RFC 7515, RFC 8037), for readers who have JOSE and no COSE.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::{HeadClaims, HeadState, VERSION};
use crate::cose::is_name;
use crate::key::{KeyId, Signer, VerifyingKey};
use crate::tree::Hash;

const TYP: &str = "vnd.acta.session-head+jwt";
const ALG: &str = "EdDSA";

/// Why the JWS form of a head was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JwsError {
    /// Not three parts of base64url.
    #[error("it is not a compact JWS")]
    Form,
    /// Another algorithm, type or further header members.
    #[error("its header is not that of a session head")]
    Header,
    /// Signed under another key than the one given.
    #[error("it names another key than {expected}")]
    OtherKey {
        /// The key it was checked under.
        expected: KeyId,
    },
    /// The signature does not fit.
    #[error("its signature is not valid")]
    Signature,
    /// The claims are not those of a head.
    #[error("its claims are not those of a session head")]
    Claims,
}

// Members in alphabetical order, so that this is canonical JSON (RFC 8785) too.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    kid: String,
    typ: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    iat: i64,
    iss: String,
    root: String,
    size: u64,
    state: State,
    sub: String,
    version: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Open,
    Closed,
}

// base64url(header) "." base64url(claims) "." base64url(signature of all before the last dot)
pub(super) fn issue(signer: &dyn Signer, head: &HeadClaims) -> String {
    let kid = signer.verifying_key().id().to_string();
    let header = part(&Header { alg: ALG.to_owned(), kid, typ: TYP.to_owned() });
    let message = format!("{header}.{}", part(&Claims::from(head)));
    let signature = URL_SAFE_NO_PAD.encode(signer.sign(message.as_bytes()));
    format!("{message}.{signature}")
}

fn part(value: &impl Serialize) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(value).expect("strings and numbers are always JSON"))
}

/// Verifies the JWS form of a head under this key.
///
/// # Errors
/// [`JwsError`] naming the first thing that does not fit.
pub fn verify_head_jws(jws: &str, key: &VerifyingKey) -> Result<HeadClaims, JwsError> {
    let (signed, signature) = jws.rsplit_once('.').ok_or(JwsError::Form)?;
    let (header, claims) = signed.split_once('.').ok_or(JwsError::Form)?;
    let header: Header = serde_json::from_slice(&unpart(header)?).map_err(|_| JwsError::Header)?;
    if (header.alg.as_str(), header.typ.as_str()) != (ALG, TYP) {
        return Err(JwsError::Header);
    }
    let expected = key.id();
    if header.kid != expected.to_string() {
        return Err(JwsError::OtherKey { expected });
    }
    let signature = unpart(signature)?.try_into().map_err(|_| JwsError::Form)?;
    if !key.verifies(signed.as_bytes(), &signature) {
        return Err(JwsError::Signature);
    }
    let claims: Claims = serde_json::from_slice(&unpart(claims)?).map_err(|_| JwsError::Claims)?;
    claims.try_into()
}

fn unpart(text: &str) -> Result<Vec<u8>, JwsError> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| JwsError::Form)
}

impl From<&HeadClaims> for Claims {
    fn from(head: &HeadClaims) -> Self {
        Self {
            iat: head.issued_at,
            iss: head.issuer.clone(),
            root: head.root.to_string(),
            size: head.size,
            state: match head.state {
                HeadState::Open => State::Open,
                HeadState::Closed => State::Closed,
            },
            sub: head.subject.clone(),
            version: VERSION,
        }
    }
}

impl TryFrom<Claims> for HeadClaims {
    type Error = JwsError;

    fn try_from(claims: Claims) -> Result<Self, JwsError> {
        let mut root = [0; 32];
        hex::decode_to_slice(&claims.root, &mut root).map_err(|_| JwsError::Claims)?;
        if claims.version != VERSION || !is_name(&claims.iss) || !is_name(&claims.sub) {
            return Err(JwsError::Claims);
        }
        Ok(Self {
            issuer: claims.iss,
            subject: claims.sub,
            issued_at: claims.iat,
            size: claims.size,
            root: Hash(root),
            state: match claims.state {
                State::Open => HeadState::Open,
                State::Closed => HeadState::Closed,
            },
        })
    }
}

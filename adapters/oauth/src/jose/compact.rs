//! The compact form of a JWS.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Algorithm, Malformed, Members, PublicKey};

/// A JWS in compact form (RFC 7515 §7.1), decoded and not yet believed.
//
// base64url(header) "." base64url(payload) "." base64url(signature of all before the last dot)
pub(crate) struct Compact<'a> {
    signed: &'a str,
    header: Vec<u8>,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

impl<'a> Compact<'a> {
    /// Three parts of base64url without padding; nothing if it is anything else.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, payload) = signed.split_once('.')?;
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
        Some(Self {
            signed,
            header: decode(header)?,
            payload: decode(payload)?,
            signature: decode(signature)?,
        })
    }

    /// Its header; nothing if it is no JSON object.
    pub(crate) fn header(&self) -> Option<Header<'_>> {
        Members::parse(&self.header).map(Header)
    }

    /// Its payload; nothing if it is no JSON object.
    pub(crate) fn claims(&self) -> Option<Members<'_>> {
        Members::parse(&self.payload)
    }

    /// Whether `key` signed it.
    pub(crate) fn is_signed_with(&self, key: &PublicKey) -> bool {
        key.verifies(self.signed.as_bytes(), &self.signature)
    }
}

/// The header of a JWS. What it offers as key or says of where to find one (`jwk`, `jku`, `x5c`, `x5u`) is for the caller to
/// ask for; nothing here looks at it.
pub(crate) struct Header<'a>(Members<'a>);

impl<'a> Header<'a> {
    /// The algorithm that it claims, if it is one of ours.
    pub(crate) fn algorithm(&self) -> Option<Algorithm> {
        Algorithm::named(&self.0.text("alg").ok()??)
    }

    /// The media type, without `application/` and in lower case (RFC 7515 §4.1.9).
    pub(crate) fn kind(&self) -> Result<Option<String>, Malformed> {
        let kind = self.0.text("typ")?.map(|kind| kind.to_ascii_lowercase());
        Ok(kind.map(|kind| kind.strip_prefix("application/").map(str::to_owned).unwrap_or(kind)))
    }

    /// The name of the key.
    pub(crate) fn key_id(&self) -> Result<Option<Cow<'a, str>>, Malformed> {
        self.0.text("kid")
    }

    /// The key that it brings.
    pub(crate) fn key(&self) -> Result<Option<Members<'a>>, Malformed> {
        self.0.object("jwk")
    }

    /// Whether it wants something understood that is not understood here: extensions (RFC 7515 §4.1.11) or a payload that is not
    /// encoded (RFC 7797).
    pub(crate) fn wants_extensions(&self) -> bool {
        self.0.has("crit") || self.0.has("b64")
    }
}

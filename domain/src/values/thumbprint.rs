//! Which key somebody holds.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::{InvalidValue, text_value};

/// SHA-256 of a public key's JWK form (RFC 7638), as `cnf.jkt` of an access token says it (RFC 9449 §6.1).
/// Text: 43 characters of base64url without padding.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KeyThumbprint([u8; 32]);

impl KeyThumbprint {
    /// Takes the digest's bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads 43 characters of base64url.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::NotAThumbprint`] for anything else.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidValue::NotAThumbprint)?;
        bytes.try_into().map(Self).map_err(|_| InvalidValue::NotAThumbprint)
    }

    /// The digest's bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for KeyThumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for KeyThumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyThumbprint({self})")
    }
}

text_value!(KeyThumbprint, { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$" });

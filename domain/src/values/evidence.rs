//! What somebody showed at the door, as a digest.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{InvalidValue, text_value};

/// SHA-256 of the evidence that an attendee gave (a signed code, an answer of the identity service): enough to
/// recognise it when it comes again, and nothing that could be given again. Text: 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EvidenceDigest([u8; 32]);

impl EvidenceDigest {
    /// Takes the digest's bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads 64 hexadecimal digits of either case.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::NotADigest`] for anything else.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| InvalidValue::NotADigest)?;
        Ok(Self(bytes))
    }

    /// The digest's bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for EvidenceDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for EvidenceDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EvidenceDigest({self})")
    }
}

text_value!(EvidenceDigest, { "type": "string", "pattern": "^[0-9a-f]{64}$" });

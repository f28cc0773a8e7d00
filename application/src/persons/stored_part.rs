//! Personal parts as JSON: how rows, the feed and topics hold them.

use acta_proof::sealed::SealedPart;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};

use crate::log::RecordedEvent;

/// The personal part of an event as ciphertext.
///
/// As JSON: `{"subject", "key_id": hex, "nonce": hex, "ciphertext": base64 (RFC 4648 §4)}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Text", into = "Text")]
pub struct StoredPart(pub SealedPart);

impl StoredPart {
    /// The personal part of `event`, if it has one.
    pub fn of(event: &RecordedEvent) -> Option<Self> {
        event.sealed.clone().map(Self)
    }
}

/// A personal part in a row does not have its form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidStoredPart {
    /// The key's id is not 32 bytes of hex.
    #[error("`key_id` is not 32 bytes of hex")]
    KeyId,
    /// The nonce is not 12 bytes of hex.
    #[error("`nonce` is not 12 bytes of hex")]
    Nonce,
    /// The ciphertext is not base64.
    #[error("`ciphertext` is not base64")]
    Ciphertext,
}

/// How a [`StoredPart`] is written.
#[derive(Serialize, Deserialize)]
struct Text {
    subject: String,
    key_id: String,
    nonce: String,
    ciphertext: String,
}

impl From<StoredPart> for Text {
    fn from(stored: StoredPart) -> Self {
        Self {
            subject: stored.0.subject,
            key_id: hex::encode(stored.0.key_id),
            nonce: hex::encode(stored.0.nonce),
            ciphertext: BASE64.encode(stored.0.ciphertext),
        }
    }
}

impl TryFrom<Text> for StoredPart {
    type Error = InvalidStoredPart;

    fn try_from(text: Text) -> Result<Self, InvalidStoredPart> {
        let mut key_id = [0; 32];
        let mut nonce = [0; 12];
        hex::decode_to_slice(&text.key_id, &mut key_id).map_err(|_| InvalidStoredPart::KeyId)?;
        hex::decode_to_slice(&text.nonce, &mut nonce).map_err(|_| InvalidStoredPart::Nonce)?;
        let ciphertext = BASE64.decode(&text.ciphertext).map_err(|_| InvalidStoredPart::Ciphertext)?;
        Ok(Self(SealedPart { subject: text.subject, key_id, nonce, ciphertext }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored() -> StoredPart {
        StoredPart(SealedPart {
            subject: "session".to_owned(),
            key_id: [7; 32],
            nonce: [9; 12],
            ciphertext: vec![1, 2, 3, 255],
        })
    }

    #[test]
    fn a_stored_part_survives_json() {
        let json = serde_json::to_value(stored()).unwrap();
        assert_eq!(json["ciphertext"], "AQID/w==");
        assert_eq!(serde_json::from_value::<StoredPart>(json).unwrap(), stored());
    }

    #[test]
    fn a_stored_part_with_a_short_nonce_is_refused() {
        let mut json = serde_json::to_value(stored()).unwrap();
        json["nonce"] = "0909".into();
        let error = serde_json::from_value::<StoredPart>(json).unwrap_err();
        assert!(error.to_string().contains("nonce"));
    }
}

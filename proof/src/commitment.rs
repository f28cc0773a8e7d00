//! Salted commitments: what the tree holds in place of an event, so that it tells nothing about it.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// 32 random bytes, drawn once for an event and kept beside it. Whoever knows the salt can test guesses of the event, so it
/// is shown to nobody who may not see the event, and `Debug` hides it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt(pub [u8; 32]);

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt(..)")
    }
}

/// HMAC-SHA256 of an encoded event under its [`Salt`] (RFC 2104).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Commitment(pub [u8; 32]);

impl fmt::Debug for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Commitment({})", hex::encode(self.0))
    }
}

impl Commitment {
    /// Whether this is the commitment to these event bytes under this salt; compared in constant time.
    pub fn opens_to(&self, salt: &Salt, event_bytes: &[u8]) -> bool {
        keyed(salt, event_bytes).verify_slice(&self.0).is_ok()
    }
}

/// Commits to an encoded event ([`crate::event::EventStatement::encode`]).
pub fn commit(salt: &Salt, event_bytes: &[u8]) -> Commitment {
    Commitment(keyed(salt, event_bytes).finalize().into_bytes().into())
}

fn keyed(salt: &Salt, event_bytes: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&salt.0).expect("HMAC takes a key of any length");
    mac.update(event_bytes);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commitment_opens_only_to_its_event_and_salt() {
        let commitment = commit(&Salt([7; 32]), b"event");
        assert!(commitment.opens_to(&Salt([7; 32]), b"event"));
        assert!(!commitment.opens_to(&Salt([8; 32]), b"event"));
        assert!(!commitment.opens_to(&Salt([7; 32]), b"Event"));
    }

    #[test]
    fn a_commitment_is_hmac_sha256_as_in_rfc_4231_test_case_2_with_a_padded_key() {
        // HMAC pads its key with zeros, so "Jefe" padded to 32 bytes gives the published result.
        let mut salt = [0; 32];
        salt[..4].copy_from_slice(b"Jefe");
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(hex::encode(commit(&Salt(salt), b"what do ya want for nothing?").0), expected);
    }

    #[test]
    fn a_salt_is_not_printed() {
        assert_eq!(format!("{:?}", Salt([0x41; 32])), "Salt(..)");
    }
}

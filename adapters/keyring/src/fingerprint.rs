//! What a secret looks like from outside, so that two can be compared without showing either.

use sha2::{Digest as _, Sha256};

/// SHA-256 of `label`, a zero byte and `secret`. It gives 32 random bytes away as little as a guess does.
pub fn fingerprint(label: &str, secret: &[u8; 32]) -> [u8; 32] {
    Sha256::new_with_prefix(label).chain_update([0]).chain_update(secret).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_of_the_label_and_the_secret() {
        let fingerprints = [("a", [1; 32]), ("a", [2; 32]), ("b", [1; 32])].map(|(l, s)| fingerprint(l, &s));
        assert_eq!(fingerprints[0], fingerprint("a", &[1; 32]));
        assert_ne!(fingerprints[0], fingerprints[1]);
        assert_ne!(fingerprints[0], fingerprints[2]);
    }
}

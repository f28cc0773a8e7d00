//! The key under which evidence is remembered.

use std::fmt;

use acta_domain::{ChannelId, EvidenceDigest};
use acta_proof::commitment::{Commitment, Salt, commit};
use zeroize::Zeroizing;

/// Keys the digests that evidence is remembered by: without it, a digest of six digits would give the digits.
#[derive(Clone)]
pub struct EvidenceKey(Zeroizing<[u8; 32]>);

impl EvidenceKey {
    /// Takes the key; all instances have the same.
    pub fn new(key: Zeroizing<[u8; 32]>) -> Self {
        Self(key)
    }

    /// The digest of evidence of the kind `kind`: what was shown, in parts that tell it from all other evidence.
    pub fn digest(&self, kind: &str, parts: &[&[u8]]) -> EvidenceDigest {
        EvidenceDigest::new(self.keyed(kind, parts))
    }

    /// Whether `digest` is that of the evidence, in constant time.
    pub fn recognises(&self, digest: &EvidenceDigest, kind: &str, parts: &[&[u8]]) -> bool {
        Commitment(*digest.as_bytes()).opens_to(&Salt(*self.0), &text(kind, parts))
    }

    /// Six decimal digits that only this key makes of `parts`, all equally likely.
    pub fn digits(&self, kind: &str, parts: &[&[u8]]) -> Zeroizing<String> {
        // The numbers above the last whole million would make some digits likelier than others.
        const EVEN: u32 = u32::MAX - u32::MAX % 1_000_000;
        let number = (0_u64..).find_map(|round| {
            let drawn = self.keyed(kind, &[parts, &[&round.to_be_bytes()]].concat());
            let number = u32::from_be_bytes(*drawn.first_chunk().expect("a digest has more than 4 bytes"));
            (number < EVEN).then_some(number % 1_000_000)
        });
        Zeroizing::new(format!("{:06}", number.expect("a round succeeds long before the rounds end")))
    }

    /// The channel that a source of signals calls by the texts `parts`, which may hold a name.
    pub fn channel(&self, kind: &str, parts: &[&[u8]]) -> ChannelId {
        let digest = self.keyed(kind, parts);
        let bytes = *digest.first_chunk().expect("a digest has more than 16 bytes");
        ChannelId::new(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }

    fn keyed(&self, kind: &str, parts: &[&[u8]]) -> [u8; 32] {
        commit(&Salt(*self.0), &text(kind, parts)).0
    }
}

/// Each part goes in with its length, so that no two lists of parts are the same text.
fn text(kind: &str, parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    let length = 8 + kind.len() + parts.iter().map(|part| 8 + part.len()).sum::<usize>();
    // All of it at once: a buffer that grew would leave pieces of itself behind.
    let mut text = Zeroizing::new(Vec::with_capacity(length));
    for part in [kind.as_bytes()].iter().chain(parts) {
        text.extend_from_slice(&(part.len() as u64).to_be_bytes());
        text.extend_from_slice(part);
    }
    text
}

impl fmt::Debug for EvidenceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EvidenceKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> EvidenceKey {
        EvidenceKey::new(Zeroizing::new([byte; 32]))
    }

    #[test]
    fn the_same_evidence_has_the_same_digest_under_one_key_only() {
        let digest = key(1).digest("code", &[b"ab", b"c"]);
        assert_eq!(digest, key(1).digest("code", &[b"ab", b"c"]));
        assert_ne!(digest, key(2).digest("code", &[b"ab", b"c"]));
    }

    #[test]
    fn parts_are_not_run_together() {
        assert_ne!(key(1).digest("code", &[b"ab", b"c"]), key(1).digest("code", &[b"a", b"bc"]));
        assert_ne!(key(1).digest("code", &[b"ab"]), key(1).digest("qr", &[b"ab"]));
    }

    #[test]
    fn evidence_is_recognised_by_its_digest_alone() {
        let digest = key(1).digest("code", &[b"123456"]);
        assert!(key(1).recognises(&digest, "code", &[b"123456"]));
        assert!(!key(1).recognises(&digest, "code", &[b"123457"]));
        assert!(!key(2).recognises(&digest, "code", &[b"123456"]));
    }

    #[test]
    fn digits_are_six_and_each_key_and_name_has_its_own() {
        let names: Vec<[u8; 4]> = (0_u32..1_000).map(u32::to_be_bytes).collect();
        let all: std::collections::BTreeSet<String> =
            names.iter().map(|name| key(1).digits("code", &[name]).to_string()).collect();
        assert!(all.iter().all(|digits| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit())));
        assert!(all.len() > 990, "a thousand of a million are seldom the same");
        assert_ne!(*key(1).digits("code", &[b"a"]), *key(2).digits("code", &[b"a"]));
        for first in b'0'..=b'9' {
            let count = all.iter().filter(|digits| digits.as_bytes()[0] == first).count();
            assert!((60..150).contains(&count), "{count} of a thousand begin with {}", char::from(first));
        }
    }

    #[test]
    fn a_key_is_not_shown() {
        assert_eq!(format!("{:?}", key(7)), "EvidenceKey(…)");
    }
}
